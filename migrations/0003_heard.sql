-- A run that is running and unheard of is shown as disconnected. No index: a row that is heard of every some seconds stays
-- in its page.
alter table runs add column heard timestamptz;
comment on column runs.heard is 'last time a process that logs to it was known to live; null: none ever says so';
