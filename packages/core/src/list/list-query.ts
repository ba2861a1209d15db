import { TOTAL_CAP } from '@gatehouse/contract/page';
import type { Position } from './cursor.ts';
import { compose, every, fragment, type Fragment } from './fragment.ts';
import { isoText } from './iso-column.ts';
import { bytesOf, upToBytes } from './page-bytes.ts';

export type OrderColumn = {
  column: string;
  type: 'text' | 'timestamptz';
  nullable?: boolean;
  /** A join that the column needs. No index begins with the filters and such a column. */
  join?: string;
};
export type Order = OrderColumn & { direction: 'asc' | 'desc' };

/** The part of a list's definition that becomes SQL. */
export type Source = {
  /** The table with the filtered and ordered columns. */
  from: string;
  /** The column that breaks ties. It is selected as `id`. */
  id: string;
  /** Filters that begin an index of every order: a page is a walk along that index. */
  where: Fragment[];
  /** All other filters. */
  filters?: Fragment[];
  /** If not empty, a record also matches in one of these. */
  joinedSearch?: JoinedSearch[];
  /** The joined tables with the selected columns, `from` among them. */
  rows?: string;
  /** A fragment if it has parameters. */
  select: string | Fragment;
  /** Columns that callers can fill with long text. At most a page of them is read. */
  large?: string[];
  /** A bigint that equals `count(*)` of the filters, see `counted`. If missing or null, rows are counted up to a limit. */
  exactTotal?: Fragment | undefined;
};

/** Records are found by a match in a joined table. Each table has its own index for the search. */
export type JoinedSearch = { table: string; on: string; matches: Fragment };

export type Slice = { size: number; page: number; position: Position | null };

/** True if every page is a walk along an index, whatever the values of the filters. */
export const isWalk = ({ filters = [], joinedSearch = [] }: Source, { join }: Order): boolean =>
  filters.length === 0 && joinedSearch.length === 0 && !join;

/**
 * One page and the total. The ids come first, from the filtered table alone. Only their rows are joined, formatted and
 * measured, because a page by number skips up to all rows before it.
 */
export function pageQuery(source: Source, order: Order, slice: Slice): Fragment {
  const { id, rows = source.from, select, large = [] } = source;
  const ids = isWalk(source, order) ? walk(source, order, slice) : sortedOrWalked(source, order, slice);
  const sort = order.type === 'timestamptz' ? isoText('walked_key') : 'walked_key';
  const page = compose`select ${select}, (select n from total) as total,
    (select is_bounded from total) as "isBounded", ${id} as id, ${sort} as sort, ${id} as position,
    ${bytesOf(large)} as bytes from walked, ${rows} where ${id} = walked_id`;
  return compose`${counted(source, order)}, walked (walked_id, walked_key) as materialized (${ids})
    ${fragment(upToBytes(page.sql, order.direction), ...page.params)}`;
}

/** Only the total, for a page without rows. */
export const totalQuery = (source: Source, order: Order): Fragment =>
  compose`${counted(source, order)} select n as total, is_bounded as "isBounded" from total`;

/** `total`, and for lists that are not a walk, `few`: all matching ids, but at most one more than `TOTAL_CAP`. */
function counted(source: Source, order: Order): Fragment {
  const few = isWalk(source, order) ? fragment('') : compose`few as materialized (${fewOf(source, order)}), `;
  const counting = few.sql ? 'few' : compose`(select ${matching(source)}) as matching`;
  return compose`with ${few}total as materialized (
    select coalesce(exact.n, (select count(*) from ${counting})) as n, exact.n is null as is_bounded
    from (select ${source.exactTotal ?? 'null::bigint'} as n offset 0) as exact)`;
}

const matching = ({ from, where, filters = [] }: Source, join = ''): Fragment =>
  compose`from ${from} ${join} where ${every([...where, ...filters])} limit ${TOTAL_CAP + 1}`;

function fewOf(source: Source, { column, join }: Order): Fragment {
  const { from, id } = source;
  // A joined column is read only for the ids that were found.
  return join
    ? compose`select ${id} as id, ${column} as key from (${found(source, fragment(id))} offset 0) as found (found_id), ${from} ${join} where ${id} = found_id`
    : found(source, fragment(`${id} as id, ${column} as key`));
}

function found(source: Source, select: Fragment): Fragment {
  const { joinedSearch = [], filters = [] } = source;
  if (joinedSearch.length === 0) return compose`select ${select} ${matching(source)}`;
  const parts = joinedSearch.map(({ table, on, matches }) => {
    const part = matching({ ...source, filters: [...filters, matches] }, `join ${table} on ${on}`);
    return compose`(select ${select} ${part})`;
  });
  return compose`${parts.reduce((all, part) => compose`${all} union ${part}`)} limit ${TOTAL_CAP + 1}`;
}

/** Whether one record matches. Scalar, because PostgreSQL would find all matches of an `exists` beforehand. */
const matchOf = ({ table, on, matches }: JoinedSearch): Fragment =>
  compose`(select ${matches} from ${table} where ${on})`;

/**
 * With other filters, no index order can be trusted: a rare value may stand at its end. Few records are therefore sorted,
 * and an index is walked only if many match, so that the walk soon finds a page of them.
 */
function sortedOrWalked(source: Source, order: Order, slice: Slice): Fragment {
  const { direction, nullable } = order;
  const limit = window(slice);
  const sorting: Order = { ...order, column: 'key' };
  const beyond = slice.position ? [keyset(sorting, 'id', slice.position)] : [];
  const ahead = nullable ? beyond.map((bound) => compose`(${bound} or key is null)`) : beyond;
  const after = slice.position?.sort === null ? beyond : ahead;
  const isFew = `(select n from total) <= ${TOTAL_CAP}`;
  const isMany = fragment(`(select n from total) > ${TOTAL_CAP}`);
  return compose`(select id, key from few where ${every([fragment(isFew), ...after])}
    order by key ${direction} nulls last, id ${direction} ${limit})
    union all (${walk({ ...source, where: [isMany, ...source.where] }, order, slice)})`;
}

/** The ids of a page in the order of an index. */
function walk(source: Source, order: Order, slice: Slice): Fragment {
  const { position } = slice;
  const isBeyond = position ? [keyset(order, source.id, position)] : [];
  const { column } = order;
  if (!order.nullable) return compose`${ordered(source, order, isBeyond)} ${window(slice)}`;
  const nulls = [fragment(`${column} is null`)];
  if (position?.sort === null) return compose`${ordered(source, order, [...nulls, ...isBeyond])} ${window(slice)}`;
  // Nulls come last in both directions. Two walks of one index need no second index, and no condition with `or`.
  const most = `limit ${slice.size + 1 + skipped(slice)}`;
  return compose`select * from (
    (${ordered(source, order, [fragment(`${column} is not null`), ...isBeyond])} ${most})
    union all (${ordered(source, order, nulls)} ${most})) as both_parts ${window(slice)}`;
}

function ordered(source: Source, { column, direction, join = '' }: Order, more: Fragment[]): Fragment {
  const { from, id, where, filters = [], joinedSearch = [] } = source;
  const parts = joinedSearch.map(matchOf);
  const search = parts.length > 0 ? [compose`(${parts.reduce((all, part) => compose`${all} or ${part}`)})`] : [];
  return compose`select ${id} as id, ${column} as key from ${from} ${join}
    where ${every([...where, ...filters, ...search, ...more])} order by ${column} ${direction}, ${id} ${direction}`;
}

const skipped = ({ position, page, size }: Slice): number => (position ? 0 : (page - 1) * size);

/** The numbers stand in the text, because PostgreSQL plans for a tenth of the table if they are parameters. */
const window = (slice: Slice): string =>
  `limit ${slice.size + 1}${skipped(slice) > 0 ? ` offset ${skipped(slice)}` : ''}`;

/** An index can answer a row comparison (0.6 ms), but not `a < x or (a = x and id < y)` (85 ms). */
function keyset({ column, direction, type, join }: Order, id: string, { sort, id: lastId }: Position): Fragment {
  const beyond = direction === 'asc' ? '>' : '<';
  if (sort === null) return fragment(`${id} ${beyond} ?`, lastId);
  const after = fragment(`(${column}, ${id}) ${beyond} (?::${type}, ?)`, sort, lastId);
  // Columns of two tables have no index in common, but an index of the first can begin here.
  return join ? compose`${after} and ${fragment(`${column} ${beyond}= ?`, sort)}` : after;
}
