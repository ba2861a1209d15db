/**
 * SQL for changes of large tables while they are being written, in migrations that are not transactional. Each text is a
 * transaction, or ends its own. `migrate` repeats a migration that did not get a lock.
 */

/** A change that needs an exclusive lock for an instant. Others wait behind it for at most 50 ms. */
export const withBriefLock = (sql: string): string => `set local lock_timeout = '50ms'; ${sql}`;

type Fill = {
  /** Has a primary key `id` of type uuid. */
  table: string;
  /** Rows in which this column is null are filled. */
  column: string;
  /** Assignments of columns of `t` that read the row `o`. */
  set: string;
  /** The table `o` and its join with `t`. */
  owner: string;
};

/**
 * Fills a column of all rows, by primary key, with a commit after each batch. A batch locks its rows for about 20 ms. It
 * skips rows that others have locked, so it waits for nothing, and returns to them at the end.
 */
export const fillInBatches = ({ table, column, set, owner }: Fill): string => `
do $fill$
declare
  none constant uuid := '00000000-0000-0000-0000-000000000000';
  last uuid := none;
  reached uuid;
  size int := 100;
  began timestamptz;
  searched regclass;
begin
  loop
    began := clock_timestamp();
    with batch as materialized (
      select t.id from ${table} t where t.id > last and t.${column} is null
      order by t.id limit size for no key update skip locked
    ), filled as (
      update ${table} t set ${set} from batch, ${owner} and batch.id = t.id
    )
    select id into reached from batch order by id desc limit 1;
    size := greatest(50, least(5000, size * 0.02 / greatest(extract(epoch from clock_timestamp() - began), 0.001)));
    commit;
    -- Otherwise a batch would now and then merge the pending entries of an index while it holds its locks.
    for searched in
      select indexrelid from pg_index join pg_class c on c.oid = indexrelid join pg_am m on m.oid = c.relam
      where indrelid = '${table}'::regclass and amname = 'gin'
    loop
      perform gin_clean_pending_list(searched);
    end loop;
    commit;
    if reached is null then
      exit when not exists (select from ${table} where ${column} is null);
      perform pg_sleep(0.05);
    end if;
    last := coalesce(reached, none);
  end loop;
end $fill$`;

/** Makes a filled column required. Only `validate` reads the table, and it blocks no writer. */
export const requireColumn = (table: string, column: string): string[] => [
  withBriefLock(`
    alter table ${table} drop constraint if exists ${table}_${column}_given;
    alter table ${table} add constraint ${table}_${column}_given check (${column} is not null) not valid`),
  `alter table ${table} validate constraint ${table}_${column}_given`,
  withBriefLock(`
    alter table ${table} alter column ${column} set not null;
    alter table ${table} drop constraint ${table}_${column}_given`),
];
