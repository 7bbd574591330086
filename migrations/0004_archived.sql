-- A run that is archived stays, and lists leave it out unless they are asked for it. No index has it: an index is walked
-- past archived runs faster than each change of a run could keep a second one.
alter table runs add column archived boolean not null default false;
comment on column runs.archived is 'out of the way: lists show it only when asked';
-- How many of an experiment's runs a list leaves out.
create index runs_archived on runs (experiment) where archived and deleted_at is null;
