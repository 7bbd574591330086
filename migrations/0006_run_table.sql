-- What the run table asks besides runs: keys with counts, values, and runs in groups.

-- As tags.runs: which parameters and labels there are, for completion.
alter table fields add column runs bigint not null default 0;
comment on column fields.runs is 'runs outside the trash that have it';
update fields f set runs = c.runs
from (
  select v.field, count(*) as runs from run_fields v join runs r on r.number = v.run
  where r.deleted_at is null group by v.field) c
where c.field = f.number;

-- Groups: all values of a parameter in the order of runs, without a look at their rows, which are spread over the table.
create index run_fields_of_field on run_fields (field, run) include (num, str_start);

-- The same for metrics. Every change of them makes a new entry in each index anyway.
alter table run_tags drop constraint run_tags_pkey;
alter table run_tags add primary key (tag, run) include (last_number, min, max);
