/** The rows of a table that satisfy `where`, counted for each combination of `keys` (columns and their types). */
export type Counter = { table: string; keys: Record<string, 'text' | 'uuid'>; where: string };

/** Backends spread over this many rows of a counter, because each holds its row until it commits. */
const SLOTS = 16;

/** This slot holds the rows that existed before the triggers. No trigger changes it. */
const BASE = SLOTS;

/**
 * Creates the table `<table>_count` and the triggers that maintain it. `create trigger` waits for writers, and other writers
 * wait behind it, so it gives up soon and is repeated by `migrate`.
 */
export function createCounter({ table, keys, where }: Counter): string {
  const columns = Object.keys(keys).join(', ');
  const typed = Object.entries(keys).map(([name, type]) => `${name} ${type} not null`);
  const side = (rows: string, weight: number) => `select ${columns}, ${weight} as d from ${rows} where ${where}`;
  // Rows are always changed in the order of their keys, so that few transactions deadlock.
  const add = (changes: string) => `
    insert into ${table}_count as c select ${columns}, pg_backend_pid() % ${SLOTS}, sum(d) from (${changes}) as changes
    group by ${columns} having sum(d) <> 0 order by ${columns}
    on conflict (${columns}, slot) do update set n = c.n + excluded.n;`;
  const trigger = (operation: string, tables: string) => `
    create or replace trigger ${table}_count_${operation} after ${operation} on ${table} referencing ${tables}
    for each statement execute function count_${table}();`;
  return `
    set local lock_timeout = '50ms';
    create table if not exists ${table}_count
      (${typed.join(', ')}, slot smallint not null, n bigint not null, primary key (${columns}, slot))
      with (fillfactor = 50);
    create or replace function count_${table}() returns trigger language plpgsql as $$ begin
      if tg_op = 'INSERT' then ${add(side('added', 1))}
      elsif tg_op = 'DELETE' then ${add(side('removed', -1))}
      else ${add(`${side('added', 1)} union all ${side('removed', -1)}`)}
      end if;
      return null;
    end $$;
    ${REFUSE_TRUNCATE}
    ${trigger('insert', 'new table as added')}
    ${trigger('update', 'old table as removed new table as added')}
    ${trigger('delete', 'old table as removed')}
    create or replace trigger ${table}_count_truncate before truncate on ${table}
    for each statement execute function refuse_truncate();`;
}

const REFUSE_TRUNCATE = `
    create or replace function refuse_truncate() returns trigger language plpgsql as $$ begin
      raise exception 'truncating "%" would make its totals wrong', tg_table_name
        using hint = format('Use "delete from %1$s". Or disable the trigger %1$s_count_truncate, truncate, enable it again, '
          'and run "npm run counters:check -- --repair".', tg_table_name);
    end $$;`;

/** Adds what the triggers have not counted, read in one snapshot. Repeating it adds nothing. */
export function countExisting({ table, keys, where }: Counter): string {
  const columns = Object.keys(keys).join(', ');
  return `
    insert into ${table}_count as c select ${columns}, ${BASE}, sum(d) from (
      select ${columns}, count(*) as d from ${table} where ${where} group by ${columns}
      union all select ${columns}, -n from ${table}_count) as differences
    group by ${columns} having sum(d) <> 0
    on conflict (${columns}, slot) do update set n = c.n + excluded.n`;
}
