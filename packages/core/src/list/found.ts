import { TOTAL_CAP } from '@gatehouse/contract/page';
import { compose, every, fragment, type Fragment } from './fragment.ts';
import { reach, sorted, walk, window } from './walk.ts';
import type { JoinedSearch, Order, Slice, Source } from './source.ts';

/** The most records that are tested in the order of an index before all matches are sorted, also in joined tables. */
const NEAR = 20_000;
const NEAR_JOINED = 3000;

/** `few`: the ids and keys of matching records, but at most one more than `TOTAL_CAP`. */
export function few(source: Source, order: Order): Fragment {
  const { joinedSearch = [] } = source;
  const most = fragment(`limit ${TOTAL_CAP + 1}`);
  if (joinedSearch.length === 0) return compose`few as materialized (${matching(source, order, most)})`;
  // A part is searched only if those before it have not found enough.
  const parts = joinedSearch.map((part, index) => {
    const before = joinedSearch
      .slice(0, index)
      .map((_, at) => fragment(`(select count(*) from part_${at}) <= ${TOTAL_CAP}`));
    return compose`part_${index} as materialized (${matching(within(source, part, before), order, most)}), `;
  });
  const all = joinedSearch.map((_, index) => `select * from part_${index}`).join(' union ');
  return compose`${parts.reduce((done, part) => compose`${done}${part}`)}
    few as materialized (${all} ${most})`;
}

/**
 * With other filters, no index order can be trusted: a rare value may stand at its end. Up to `TOTAL_CAP` records are
 * therefore sorted. If more match, the beginning of the index usually holds a page of them. Otherwise all are sorted.
 */
export function sortedOrWalked(source: Source, order: Order, slice: Slice): Fragment {
  const page = { order, slice };
  const isFew = fragment(`(select n from total) <= ${TOTAL_CAP}`);
  const isMany = fragment(`(select n from total) > ${TOTAL_CAP}`);
  const isNear = fragment(`(select count(*) from near) = ${reach(slice)}`);
  const isFar = compose`${isMany} and not ${isNear}`;
  return compose`near as materialized (${near({ ...source, where: [isMany, ...source.where] }, order, slice)}),
    walked (walked_id, walked_key) as materialized (
      (${sorted(compose`(${keyed(source, order, fragment('select * from few'))}) as few`, [isFew], page)})
      union all (select id, key from near where ${isNear} ${window(slice)})
      union all (${sorted(compose`(${all(source, order)} offset 0) as matching`, [isFar], page)}))`;
}

/** The matching ones among the first records of the order. */
function near(source: Source, order: Order, slice: Slice): Fragment {
  const { from, id, filters = [], joinedSearch = [] } = source;
  const alias = from.split(' ').at(-1) ?? from;
  const select = `${alias}.*, ${order.column} as walked_key`;
  const most = Math.max(joinedSearch.length > 0 ? NEAR_JOINED : NEAR, 20 * (slice.size + 1));
  const first = walk(source, order, { select, position: slice.position, most });
  const search = joinedSearch.map(matchOf);
  const found = search.length > 0 ? [compose`(${joined(search, ' or ')})`] : [];
  return compose`select ${id} as id, walked_key as key from (${first}) as ${alias}
    where ${every([...filters, ...found])} limit ${reach(slice)}`;
}

/** Whether one record matches. Scalar, because PostgreSQL would find all matches of an `exists` beforehand. */
const matchOf = ({ table, on, matches }: JoinedSearch): Fragment =>
  compose`(select ${matches} from ${table} where ${on})`;

function all(source: Source, order: Order): Fragment {
  const { joinedSearch = [] } = source;
  const none = fragment('');
  if (joinedSearch.length === 0) return keyed(source, order, matching(source, order, none));
  const parts = joinedSearch.map((part) => matching(within(source, part), order, none));
  return keyed(source, order, joined(parts, ' union '));
}

/** The records that match in one joined table. */
function within(source: Source, { table, on, matches }: JoinedSearch, when: Fragment[] = []): Source {
  const { from, where, filters = [] } = source;
  return {
    ...source,
    from: `${from} join ${table} on ${on}`,
    where: [...when, ...where],
    filters: [...filters, matches],
  };
}

/** The matching ids, with their keys if the filtered table has them. */
const matching = ({ from, id, where, filters = [] }: Source, { column, join }: Order, most: Fragment): Fragment =>
  compose`select ${id} as id${join ? '' : `, ${column} as key`} from ${from} where ${every([...where, ...filters])} ${most}`;

/** Reads a joined key only for the ids that were found. */
const keyed = ({ from, id }: Source, { column, join }: Order, ids: Fragment): Fragment =>
  join
    ? compose`select ${id} as id, ${column} as key from (${ids} offset 0) as found (found_id), ${from} ${join} where ${id} = found_id`
    : ids;

const joined = (parts: Fragment[], by: string): Fragment => parts.reduce((done, part) => compose`${done}${by}${part}`);
