import { Migration } from '@mikro-orm/migrations';

/**
 * Turns `event`, `event_context` and `email` into partitioned tables. The old tables become their default partitions as
 * they are, so that no row is read or copied under a lock. See docs/decisions/0035-partitions-by-month.md.
 */
export class Migration20261128070000_partitions extends Migration {
  override up(): void {
    this.addSql('create schema history');
    this.addSql(VALIDATE);
    // Calls wait behind a lock that waits, so each wait is short. `migrate` tries again. To attach a partition, PostgreSQL
    // replaces the triggers of its foreign keys on the tables that they name, which needs their exclusive lock. Calls lock
    // those tables first.
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql('lock table portal, developer, deletion in access exclusive mode');
    this.addSql('lock table event, event_context, email, outbox in access exclusive mode');
    this.addSql('alter table outbox drop constraint outbox_event_id_foreign');
    this.addSql('alter table event_context drop constraint event_context_event_id_foreign');
    this.addSql('alter table email drop constraint email_event_id_foreign');
    this.addSql(PARTITION);
  }
}

/** A partition with constraints that are not validated cannot be attached. Writers continue meanwhile. */
const VALIDATE = `
do $$
declare
  unchecked record;
begin
  for unchecked in
    select conrelid::regclass as place, conname from pg_constraint
    where conrelid in ('event'::regclass, 'event_context'::regclass, 'email'::regclass) and not convalidated
  loop
    execute format('alter table %s validate constraint %I', unchecked.place, unchecked.conname);
  end loop;
end $$
`;

/**
 * Moves each old table to the schema `history` and attaches it to a new parent with its columns, checks, indexes, foreign
 * keys and triggers. PostgreSQL adopts the existing indexes and keys. The unique index of mails lacks the partition key,
 * so it remains one of the partition.
 */
const PARTITION = `
do $$
declare
  place text;
  key text;
  old regclass;
  part record;
begin
  foreach place in array array['event', 'event_context', 'email'] loop
    execute format('alter table %I set schema history', place);
    old := format('history.%I', place)::regclass;
    key := case place when 'event_context' then 'event_id' else 'id' end;
    execute format('create table %I (like %s including defaults including constraints, primary key (%I))
      partition by range (%I)', place, old, key, key);
    for part in select pg_get_indexdef(indexrelid) as def from pg_index where indrelid = old and not indisunique loop
      execute replace(part.def, ' ON history.', ' ON ');
    end loop;
    for part in
      select conname, pg_get_constraintdef(oid) as def from pg_constraint where conrelid = old and contype = 'f'
    loop
      execute format('alter table %I add constraint %I %s', place, part.conname, part.def);
    end loop;
    for part in
      select tgname, pg_get_triggerdef(oid) as def from pg_trigger where tgrelid = old and not tgisinternal
    loop
      execute format('drop trigger %I on %s', part.tgname, old);
      execute replace(part.def, ' ON history.', ' ON ');
    end loop;
    execute format('alter table %I attach partition %s default', place, old);
  end loop;
end $$
`;
