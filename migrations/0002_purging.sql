-- A run whose time in the trash is over is claimed before its points go, so that nobody restores a run without points.
alter table runs add column purging boolean not null default false;
comment on column runs.purging is 'its points are being deleted: it cannot be restored and is in no list';
