import { TOTAL_CAP } from '@gatehouse/contract/page';
import { few, sortedOrWalked } from './found.ts';
import { compose, every, fragment, type Fragment } from './fragment.ts';
import { isoText } from './iso-column.ts';
import { bytesOf, upToBytes } from './page-bytes.ts';
import { isWalk, type Order, type Slice, type Source } from './source.ts';
import { walk, reach, window } from './walk.ts';

/**
 * One page and the total. The ids come first, from the filtered table alone. Only their rows are joined, formatted and
 * measured, because a page by number skips up to all rows before it.
 */
export function pageQuery(source: Source, order: Order, slice: Slice): Fragment {
  const { id, rows = source.from, select, large = [] } = source;
  const ids = isWalk(source, order) ? walked(source, order, slice) : sortedOrWalked(source, order, slice);
  const sort = order.type === 'timestamptz' ? isoText('walked_key') : 'walked_key';
  const page = compose`select ${select}, (select n from total) as total,
    (select is_bounded from total) as "isBounded", ${id} as id, ${sort} as sort, ${id} as position,
    ${bytesOf(large)} as bytes from walked, ${rows} where ${id} = walked_id`;
  return compose`${counted(source, order)}, ${ids} ${fragment(upToBytes(page.sql, order.direction), ...page.params)}`;
}

/** Only the total, for a page without rows. */
export const totalQuery = (source: Source, order: Order): Fragment =>
  compose`${counted(source, order)} select n as total, is_bounded as "isBounded" from total`;

/** `total`, and for lists that are not a walk, `few`. */
function counted(source: Source, order: Order): Fragment {
  const { from, where, exactTotal } = source;
  // A count that is never made would still make this plan look expensive, and PostgreSQL would plan the page each time.
  if (exactTotal && !exactTotal.mayBeNull && isWalk(source, order))
    return compose`with total as materialized (select ${exactTotal.total} as n, false as is_bounded)`;
  const [before, rows] = isWalk(source, order)
    ? ['', compose`(select from ${from} where ${every(where)} limit ${TOTAL_CAP + 1}) as matching`]
    : [compose`${few(source, order)}, `, 'few'];
  return compose`with ${before}total as materialized (
    select coalesce(exact.n, (select count(*) from ${rows})) as n, exact.n is null as is_bounded
    from (select ${exactTotal?.total ?? 'null::bigint'} as n offset 0) as exact)`;
}

/** The ids of a page in the order of an index. */
const walked = (source: Source, order: Order, slice: Slice): Fragment => {
  const select = `${source.id} as id, ${order.column} as key`;
  const page = { select, position: slice.position, most: reach(slice), limit: window(slice) };
  return compose`walked (walked_id, walked_key) as materialized (${walk(source, order, page)})`;
};
