-- A run may begin as a fork of another: with what that one had shown up to a step.
alter table runs
  add column fork_of text collate "C",
  add column fork_step bigint,
  add column forked_from bigint references runs,
  add column fork_writers integer,
  add column held boolean not null default false;
comment on column runs.fork_of is 'id (EncodeText) of the run that its first opening asked to fork; a later one must ask for the same or nothing';
comment on column runs.forked_from is 'that run, whose points it shows; null if there was none: the run''s warnings tell why';
comment on column runs.fork_writers is 'writers below this number are inherited; next_writer began here';
comment on column runs.held is 'its time in the trash is over, but a fork of it is there: its points go when the last one has gone';

-- The forks of a run: whether it can be purged.
create index runs_forks on runs (forked_from) where forked_from is not null;
