import type { Position } from './cursor.ts';
import { compose, every, fragment, type Fragment } from './fragment.ts';
import type { Order, Slice, Source } from './source.ts';

type Walk = {
  /** The selected columns. */
  select: string;
  position: Position | null;
  /** The most rows that are read. */
  most: number;
  /** The rows among them that are returned. */
  limit?: string;
};

/** The rows within `where` in the order of an index, after the position. Nulls come last in both directions. */
export function walk(
  source: Source,
  order: Order,
  { select, position, most, limit = `limit ${most}` }: Walk,
): Fragment {
  const { id, from, where } = source;
  const { column, direction, join = '' } = order;
  const ordered = (more: Fragment[], rows: string): Fragment => compose`select ${select} from ${from} ${join}
    where ${every([...where, ...more])} order by ${column} ${direction}, ${id} ${direction} ${rows}`;
  const isBeyond = position ? [keyset(order, id, position)] : [];
  if (!order.nullable) return ordered(isBeyond, limit);
  const nulls = [fragment(`${column} is null`)];
  if (position?.sort === null) return ordered([...nulls, ...isBeyond], limit);
  // Two walks of one index need no second index, and no condition with `or`.
  const all = `limit ${most}`;
  const others = ordered([fragment(`${column} is not null`), ...isBeyond], all);
  return compose`select * from ((${others}) union all (${ordered(nulls, all)})) as both_parts ${limit}`;
}

/** An index can answer a row comparison (0.6 ms), but not `a < x or (a = x and id < y)` (85 ms). */
function keyset({ column, direction, type, join }: Order, id: string, { sort, id: lastId }: Position): Fragment {
  const beyond = direction === 'asc' ? '>' : '<';
  if (sort === null) return fragment(`${id} ${beyond} ?`, lastId);
  const after = fragment(`(${column}, ${id}) ${beyond} (?::${type}, ?)`, sort, lastId);
  // Columns of two tables have no index in common, but an index of the first can begin here.
  return join ? compose`${after} and ${fragment(`${column} ${beyond}= ?`, sort)}` : after;
}

/** Sorts `ids (id, key)`, and continues after the position. */
export function sorted(
  ids: string | Fragment,
  when: Fragment[],
  { order, slice }: { order: Order; slice: Slice },
): Fragment {
  const { direction, nullable } = order;
  const { position } = slice;
  const bound = position ? [keyset({ ...order, column: 'key' }, 'id', position)] : [];
  const beyond =
    position?.sort === null
      ? bound.map((after) => compose`key is null and ${after}`)
      : bound.map((after) => (nullable ? compose`(${after} or key is null)` : after));
  return compose`select id, key from ${ids} where ${every([...when, ...beyond])}
    order by key ${direction} nulls last, id ${direction} ${window(slice)}`;
}

const skipped = ({ position, page, size }: Slice): number => (position ? 0 : (page - 1) * size);

/** The rows of a page by number and those before it, and one more. */
export const reach = (slice: Slice): number => skipped(slice) + slice.size + 1;

/** The numbers stand in the text, because PostgreSQL plans for a tenth of the table if they are parameters. */
export const window = (slice: Slice): string =>
  `limit ${slice.size + 1}${skipped(slice) > 0 ? ` offset ${skipped(slice)}` : ''}`;
