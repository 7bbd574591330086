-- Everything small and everything searched. Points are not here.
--
-- Text that people and programs choose may hold any bytes, and PostgreSQL's text holds no NUL and no broken UTF-8. So:
--   * names that only have to be found again (tags, parameters, labels, writers, files) are bytea;
--   * text that is also searched or sorted is text with an escape, made by EncodeText in libs/catalog/text.h:
--     \x01 '0' is NUL, \x01 '1' is \x01, \x01 'x' and two hexadecimal digits is a byte that is not UTF-8.
-- Text compares by bytes (collate "C"), the same on every server. A B-tree entry holds at most 2,704 bytes: long text is
-- indexed by its SHA-256 (for equality) or by its first 200 characters (for order).

create table installation (
  only_one boolean primary key default true check (only_one),
  generation bigint not null default 1,
  created timestamptz not null default now()
);
comment on column installation.generation is 'rises with each restore of a backup, so that clients notice';
insert into installation default values;

create table users (
  number bigint generated always as identity primary key,
  name text collate "C" not null unique,
  created timestamptz not null default now()
);
insert into users (name) values ('local');
comment on table users is 'local: whoever uses a server without accounts';

create table workspaces (
  number bigint generated always as identity primary key,
  name text collate "C" not null unique,
  created timestamptz not null default now()
);
insert into workspaces (name) values ('default');

create table experiments (
  number bigint generated always as identity primary key,
  id text collate "C" not null unique,
  workspace bigint not null references workspaces,
  name text collate "C" not null,
  name_sha256 bytea not null,
  description text collate "C" not null default '',
  owner bigint not null references users,
  created timestamptz not null default now(),
  next_ordinal bigint not null default 0,
  run_count bigint not null default 0,
  unique (workspace, name_sha256)
);
comment on column experiments.id is 'ULID, made by the server';
comment on column experiments.next_ordinal is 'of the next run; its colour slot is this modulo 12';
comment on column experiments.run_count is 'runs that are not in the trash; changed under the row lock of the experiment';

-- The list of experiments, newest first.
create index experiments_list on experiments (workspace, number desc);

-- Lock order everywhere: experiment, run (by number), writer, field or tag (by number), then what hangs on them.
create table runs (
  number bigint generated always as identity primary key,
  id text collate "C" not null unique,
  workspace bigint not null references workspaces,
  experiment bigint not null references experiments,
  name text collate "C" not null,
  name_start text collate "C" not null generated always as (left(name, 200)) stored,
  name_sha256 bytea not null,
  status text collate "C" not null default 'running'
    check (status in ('running', 'finished', 'failed', 'killed', 'crashed')),
  note text collate "C" not null default '',
  owner bigint not null references users,
  created timestamptz not null default now(),
  updated timestamptz not null default now(),
  finished timestamptz,
  deleted_at timestamptz,
  color_slot smallint not null,
  next_writer integer not null default 0
) with (fillfactor = 80);
comment on column runs.id is 'chosen by the client, or a ULID';
comment on column runs.number is 'the catalog''s and the store''s own number; never leaves the server';
comment on column runs.updated is 'last change of parameters, notes, status or summaries; clock_timestamp() of the change';
comment on column runs.deleted_at is 'in the trash since then';
comment on column runs.next_writer is 'number of the next writer; changed under the row lock of the run';

-- The run table in its default order, and every filter that leaves it in this order.
create index runs_by_created on runs (experiment, created desc, id) where deleted_at is null;
-- order=updated, and "what changed since" for live pages (with the trash: a page must hear of deletions).
create index runs_by_updated on runs (experiment, updated, id);
-- order=finished, filter on finished.
create index runs_by_finished on runs (experiment, finished, id) where deleted_at is null and finished is not null;
-- order=name, filter on name.
create index runs_by_name on runs (experiment, name_start, id) where deleted_at is null;
-- order=status, filter on status.
create index runs_by_status on runs (experiment, status, created desc, id) where deleted_at is null;
-- OpenRun without an id: the run of this name.
create index runs_same_name on runs (experiment, name_sha256, number);
-- The trash, and what is to be purged.
create index runs_deleted on runs (deleted_at) where deleted_at is not null;

create table writers (
  run bigint not null references runs on delete cascade,
  name bytea not null,
  number integer not null,
  epoch bigint not null default 1,
  client text not null default '',
  opened timestamptz not null default now(),
  primary key (run, name),
  unique (run, number)
);
comment on table writers is 'processes that log to a run; name has at most 255 bytes';
comment on column writers.epoch is 'raised by each opening and by deletion: an older process with the same name is fenced';

-- The names of parameters and labels of an experiment, each once, so that the rows of runs are small and a filter finds a
-- name by number.
create table fields (
  number bigint generated always as identity primary key,
  experiment bigint not null references experiments on delete cascade,
  space "char" not null check (space in ('p', 'l')),
  name bytea not null,
  sha256 bytea not null generated always as (sha256(name)) stored,
  unique (experiment, space, sha256)
);
comment on column fields.space is 'p: parameter, l: label';

create table run_fields (
  run bigint not null references runs on delete cascade,
  field bigint not null references fields on delete cascade,
  kind "char" not null check (kind in ('n', 's', 'b', 'z', 'j')),
  num float8,
  str text collate "C",
  str_start text collate "C" generated always as (left(str, 200)) stored,
  json text collate "C",
  primary key (run, field)
);
comment on column run_fields.kind is 'JSON type: number, string, boolean, null (z), array or object (j)';
comment on column run_fields.num is 'of a number: the nearest float64';
comment on column run_fields.str is 'of a string or label: the text (EncodeText); of a boolean: \x01 and t or f, which no text is';
comment on column run_fields.json is 'of a parameter: the JSON as it came, so that 1, 1.0 and 1e0 stay themselves; null for labels';

-- params.lr >= 1e-4, order=params.lr.
create index run_fields_by_num on run_fields (field, num, run) where num is not null;
-- params.optimizer = "adam", labels.team in (...), order=labels.team.
create index run_fields_by_str on run_fields (field, str_start, run) where str_start is not null;

-- A value says much about its name and the other way round: without these the planner takes lion, which is a quarter of
-- all values of params.optimizer, for one value in a thousand.
create statistics run_fields_num_statistics (mcv) on field, num from run_fields;
create statistics run_fields_str_statistics (mcv) on field, str_start from run_fields;
alter statistics run_fields_num_statistics set statistics 500;
alter statistics run_fields_str_statistics set statistics 500;

create table tags (
  number bigint generated always as identity primary key,
  experiment bigint not null references experiments on delete cascade,
  kind smallint not null,
  tag bytea not null check (octet_length(tag) <= 16384),
  sha256 bytea not null generated always as (sha256(tag)) stored,
  runs bigint not null default 0,
  unique (experiment, sha256, kind)
);
comment on table tags is 'what is logged in an experiment, by kind, in the order of first appearance (number)';
comment on column tags.kind is 'stepwell.v1.Kind; 1: scalar';
comment on column tags.runs is 'runs outside the trash that have it';

-- The tags of an experiment, a page at a time.
create index tags_list on tags (experiment, number) where runs > 0;
create index tags_list_of_kind on tags (experiment, kind, number) where runs > 0;

create table series (
  run bigint not null references runs on delete cascade,
  writer integer not null,
  series integer not null,
  tag bigint not null references tags on delete cascade,
  plugin text not null default '',
  content bytea not null default '',
  display_name bytea not null default '',
  description bytea not null default '',
  value_type text not null default '',
  count bigint not null,
  first_step bigint not null,
  last_step bigint not null,
  min_step bigint not null,
  max_step bigint not null,
  last float8,
  min float8,
  max float8,
  last_wall float8 not null,
  first_lsn bigint not null,
  primary key (run, writer, series)
) with (fillfactor = 80);
comment on table series is 'one writer''s summaries of one tag; no column that changes is indexed, so updates stay in the page';
comment on column series.writer is 'writers.number';
comment on column series.last is 'scalars: the last value whatever it is; null for other kinds';
comment on column series.min is 'scalars: over finite values; null if there is none';

-- Merging the writers of one tag of a run.
create index series_of_tag on series (run, tag);

create table run_tags (
  tag bigint not null references tags on delete cascade,
  run bigint not null references runs on delete cascade,
  last float8,
  last_number float8 generated always as (nullif(last, 'NaN')) stored,
  min float8,
  max float8,
  last_step bigint not null,
  count bigint not null,
  primary key (tag, run)
) with (fillfactor = 80);
comment on table run_tags is 'a tag of a run, its writers merged: what filters, orders and columns of the run table read';
comment on column run_tags.last is 'of the writer with the largest last step (then wall time)';

comment on column run_tags.last_number is
  'last, null if that is NaN: NaN compares with nothing and is sorted with what is absent (a column, for its statistics)';

-- metrics."t".last, as filter and order.
create index run_tags_by_last on run_tags (tag, last_number, run) where last_number is not null;
-- metrics."t".min, .max.
create index run_tags_by_min on run_tags (tag, min, run) where min is not null;
create index run_tags_by_max on run_tags (tag, max, run) where max is not null;
-- metrics."t".last_step (count follows the primary key: one tag's runs).
create index run_tags_by_last_step on run_tags (tag, last_step, run);
-- The tags of one run: deletion, and a run's page.
create index run_tags_of_run on run_tags (run, tag);

create table warnings (
  number bigint generated always as identity primary key,
  run bigint not null references runs on delete cascade,
  sha256 bytea not null,
  time timestamptz not null,
  source bytea not null,
  file bytea not null,
  "offset" bigint not null,
  tag bytea not null,
  reason bytea not null,
  count bigint not null,
  unique (run, sha256)
);
comment on table warnings is 'what could not be taken; said again, the largest count stays';
comment on column warnings.sha256 is 'of source, file, offset, tag and reason, each with its length before it';
comment on column warnings."offset" is 'bytes from the start of the file; -1: none';

-- A run's warnings, a page at a time.
create index warnings_list on warnings (run, number);

create table views (
  workspace bigint not null references workspaces,
  id text collate "C" not null,
  state text collate "C" not null,
  created timestamptz not null default now(),
  primary key (workspace, id)
);
comment on table views is 'stored views, named by their content';
comment on column views.state is 'JSON as it came';
