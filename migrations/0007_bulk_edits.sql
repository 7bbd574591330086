-- Runs are renamed and moved to other experiments while processes write to them, and those that know a run by its name
-- come back with the old one.
create table run_names (
  experiment bigint not null references experiments on delete cascade,
  name_sha256 bytea not null,
  run bigint not null references runs on delete cascade,
  primary key (experiment, name_sha256)
);
comment on table run_names is 'names under which runs were known in an experiment; a run that has the name now comes first';
create index run_names_of_run on run_names (run);

create table run_moves (
  run bigint not null references runs on delete cascade,
  experiment bigint not null references experiments on delete cascade,
  color_slot smallint not null,
  moved timestamptz not null,
  primary key (run, experiment)
);
comment on table run_moves is 'experiments that a run has left: where its colour waits, and whose live pages must hear that it is gone';
-- What left an experiment since.
create index run_moves_from on run_moves (experiment, moved);

-- Named views of an experiment, every version of each.
create table named_views (
  number bigint generated always as identity primary key,
  id text collate "C" not null unique,
  experiment bigint not null references experiments on delete cascade,
  owner bigint not null references users,
  name text collate "C" not null,
  name_sha256 bytea not null,
  shared boolean not null default false,
  is_default boolean not null default false,
  version integer not null default 1,
  updated timestamptz not null default now(),
  deleted_at timestamptz,
  check (shared or not is_default)
);
comment on column named_views.id is 'ULID, made by the server';
comment on column named_views.is_default is 'what a fresh page of the experiment shows';
comment on column named_views.deleted_at is 'out of the list; restoring a version takes it back';
-- The list of an experiment's views.
create index named_views_list on named_views (experiment, number) where deleted_at is null;
create unique index named_views_names on named_views (experiment, owner, name_sha256) where deleted_at is null;
create unique index named_views_default on named_views (experiment) where is_default and deleted_at is null;

create table named_view_versions (
  view bigint not null references named_views on delete cascade,
  version integer not null,
  state text collate "C" not null,
  author bigint not null references users,
  created timestamptz not null default now(),
  primary key (view, version)
);
comment on column named_view_versions.state is 'JSON as it came';
