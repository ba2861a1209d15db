import { GatehouseError } from '@gatehouse/contract/errors';
import { rowsOf, sure, type RowOf } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { QueryScope } from '../kernel/query.ts';
import { readCursor, writeCursor, type Position } from './cursor.ts';
import { readTotal, type Total } from './total.ts';
import { bytesOf, fitting, upToBytes } from './page-bytes.ts';

/** A piece of SQL with its parameters (`?`). Values from callers are always parameters, never part of the text. */
export type Fragment = { sql: string; params: unknown[] };

export const fragment = (sql: string, ...params: unknown[]): Fragment => ({ sql, params });

/** `column = value`, or no filter if the value is undefined. */
export const equals = (column: string, value: string | undefined): Fragment[] =>
  value === undefined ? [] : [fragment(`${column} = ?`, value)];

/** Scripts whose words or names have one or two characters and stand without spaces between them. */
const SHORT_WORDS =
  /[\p{Script=Hani}\p{Script=Hira}\p{Script=Kana}\p{Script=Hang}\p{Script=Bopo}\p{Script=Thai}\p{Script=Laoo}\p{Script=Khmr}\p{Script=Mymr}]/u;

/**
 * Searches literally and without case. `column` holds each searched text after a line feed. Trigrams cannot find a term
 * of fewer than three characters inside a word, so such a term matches only the start of a text. Two kinds of short terms
 * are found anywhere: those that start with a sign (`%`), and those in Chinese, Japanese, Korean or Thai, where they may
 * be whole names. The latter use the index `short_words`.
 */
export function matches(column: string, search: string | undefined): Fragment[] {
  if (search === undefined) return [];
  const literal = search.replace(/[\\%_]/g, '\\$&');
  const anywhere = fragment(`${column} like lower(?)`, `%${literal}%`);
  if ([...search].length >= 3) return [anywhere];
  // For `like`, PostgreSQL may read a whole trigram index and then every row (11 s for 200,000 rows).
  if (SHORT_WORDS.test(search))
    return [
      fragment(`short_words(${column}) @> short_words(?)`, search),
      fragment(`strpos(${column}, lower(?)) > 0`, search),
    ];
  return /^[\p{L}\p{N}]/u.test(search) ? [fragment(`${column} like lower(?)`, `%\n${literal}%`)] : [anywhere];
}

/** Like `matches`, in any of these columns or expressions, each with its own indexes. */
export function matchesAny(columns: readonly string[], search: string | undefined): Fragment[] {
  if (search === undefined) return [];
  const each = columns.map((column) => matches(column, search));
  const sql = each.map((all) => `(${allOf(all)})`).join(' or ');
  return [fragment(`(${sql})`, ...each.flat().flatMap(({ params }) => params))];
}

/** `column` is one of these values. Without values, nothing matches. */
export const isOneOf = (column: string, values: readonly string[]): Fragment => fragment(`${column} = any(?)`, values);

type OrderColumn = { column: string; type: 'text' | 'timestamptz'; nullable?: boolean };

type Input = {
  page?: number | undefined;
  page_size?: number | undefined;
  order_by?: string | undefined;
  direction?: 'asc' | 'desc' | undefined;
  cursor?: string | undefined;
  search?: string | undefined;
};

type Spec<Row, View> = {
  /** The selected columns and those of `listRow`. */
  row: RowOf<Row>;
  /** A fragment if it has parameters. */
  select: string | Fragment;
  from: string;
  /** The column that breaks ties. It is selected as `id`. */
  id: string;
  where: Fragment[];
  /** Columns that callers can fill with long text. At most a page of them is read. */
  large?: string[];
  order: Record<string, OrderColumn>;
  defaultOrder: string;
  /** A bigint that equals `count(*)` of `where`, see `counted`. If missing or null, the rows are counted up to a limit. */
  exactTotal?: Fragment | undefined;
  present(row: NoInfer<Row>): View;
};

/** The columns that `listPage` adds to those of a list. */
export const listRow = {
  sort: z.string().nullable(),
  position: z.uuid(),
  bytes: sure(z.int(), 'a sum of numbers that are never null'),
  fetched: sure(z.int(), 'a count'),
  before: sure(z.string(), 'a sum of numbers that are never null'),
};
type ListRow = { id: string } & Pick<z.output<z.ZodObject<typeof listRow>>, 'sort' | 'fetched'>;

type Page<View> = Total & { list: View[]; next_cursor?: string | null };

/**
 * Reads every list: filters, total, order with ties broken by id, page or cursor. A page that the byte limit ends
 * early has a cursor even if it was requested by number, because the next number would skip the records that did not fit.
 */
export async function listPage<Row extends ListRow, View>(
  scope: QueryScope,
  input: Input,
  spec: Spec<Row, View>,
): Promise<Page<View>> {
  if (input.cursor !== undefined && input.page !== undefined) throw bothPageAndCursor();
  const key = input.order_by ?? spec.defaultOrder;
  const column = spec.order[key];
  if (!column) throw new Error(`no order ${key}`);
  const order = { ...column, direction: input.direction ?? 'desc', id: spec.id };
  const size = input.page_size ?? 10;
  const isSearch = input.search !== undefined;
  const binding = JSON.stringify([
    key,
    order.direction,
    spec.from,
    ...spec.where.map(({ sql, params }) => [sql, params]),
  ]);
  const position = input.cursor ? readCursor(scope.settings.secret, { cursor: input.cursor, binding }) : null;

  const [rows, total] = await Promise.all([
    rowsOf(scope.em, {
      row: spec.row,
      isSearch,
      ...rowsQuery(spec, order, { size, page: input.page ?? 1, position }),
    }),
    readTotal(scope.em, { from: spec.from, filter: joined(spec.where), exactTotal: spec.exactTotal, isSearch }),
  ]);
  const list = fitting(rows.slice(0, size).map(spec.present));
  const last = rows[list.length - 1];
  const more = list.length < (rows[0]?.fetched ?? 0);
  const next =
    more && last ? writeCursor(scope.settings.secret, { binding, position: { sort: last.sort, id: last.id } }) : null;
  const endedByBytes = more && list.length < size;
  return {
    list,
    ...total,
    ...(input.cursor === undefined && !endedByBytes ? {} : { next_cursor: next }),
  };
}

type Order = OrderColumn & { direction: 'asc' | 'desc'; id: string };
type Slice = { size: number; page: number; position: Position | null };

function rowsQuery<Row, View>(spec: Spec<Row, View>, order: Order, slice: Slice): Fragment {
  const after = slice.position ? [keyset(order, slice.position)] : [];
  const where = [...spec.where, ...after];
  const { column, direction, id } = order;
  const select = typeof spec.select === 'string' ? fragment(spec.select) : spec.select;
  const sort = order.type === 'timestamptz' ? isoText(column) : column;
  const page = [
    `select ${select.sql}, ${id} as id, ${sort} as sort, ${id} as position, ${bytesOf(spec.large ?? [])} as bytes`,
    `from ${spec.from}`,
    `where ${allOf(where)}`,
    `order by ${column} ${direction}${order.nullable ? ' nulls last' : ''}, ${id} ${direction}`,
    'limit ? offset ?',
  ].join(' ');
  return fragment(
    upToBytes(page, direction),
    ...select.params,
    ...where.flatMap(({ params }) => params),
    slice.size + 1,
    slice.position ? 0 : (slice.page - 1) * slice.size,
  );
}

/** An index can answer a row comparison (0.6 ms), but not `a < x or (a = x and id < y)` (85 ms). */
function keyset({ column, direction, id, nullable, type }: Order, { sort, id: lastId }: Position): Fragment {
  const beyond = direction === 'asc' ? '>' : '<';
  if (sort === null) return fragment(`${column} is null and ${id} ${beyond} ?`, lastId);
  const ahead = fragment(`(${column}, ${id}) ${beyond} (?::${type}, ?)`, sort, lastId);
  return nullable ? fragment(`(${ahead.sql} or ${column} is null)`, ...ahead.params) : ahead;
}

const joined = (where: Fragment[]): Fragment => fragment(allOf(where), ...where.flatMap(({ params }) => params));

export const allOf = (where: Fragment[]): string =>
  where.length === 0 ? 'true' : where.map(({ sql }) => sql).join(' and ');

const isoText = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Columns that `isoColumn` makes. */
export const isoTime = sure(z.string(), 'the text of a time that is never null');
export const isoTimeOrNull = z.string().nullable();

/** Selects a time in the format of the API. */
export const isoColumn = (column: string, name: string): string => `${isoText(column)} as ${name}`;

const bothPageAndCursor = (): GatehouseError =>
  new GatehouseError('invalid_input', 'Send either page or cursor, not both.', {
    issues: [{ path: '/cursor', message: 'Not together with page', code: 'custom' }],
  });
