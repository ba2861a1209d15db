import { GatehouseError } from '@gatehouse/contract/errors';
import { TOTAL_CAP } from '@gatehouse/contract/page';
import { rowsOf, sure, type RowOf } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { QueryScope } from '../kernel/query.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { pageQuery, totalQuery } from './list-query.ts';
import { isWalk, type Order, type OrderColumn, type Source } from './source.ts';
import { fitting } from './page-bytes.ts';

type Input = {
  page?: number | undefined;
  page_size?: number | undefined;
  order_by?: string | undefined;
  direction?: 'asc' | 'desc' | undefined;
  cursor?: string | undefined;
};

type Spec<Row, View> = Source & {
  /** The selected columns and those of `listRow`. */
  row: RowOf<Row>;
  order: Record<string, OrderColumn>;
  defaultOrder: string;
  present(row: NoInfer<Row>): View;
};

const TOTAL = {
  total: sure(z.string(), 'a count'),
  isBounded: sure(z.boolean(), 'a test for null'),
};

/** The columns that `listPage` adds to those of a list. */
export const listRow = {
  sort: z.string().nullable(),
  position: z.uuid(),
  ...TOTAL,
  bytes: sure(z.int(), 'a sum of numbers that are never null'),
  fetched: sure(z.int(), 'a count'),
  before: sure(z.string(), 'a sum of numbers that are never null'),
};
type ListRow = { id: string } & Pick<z.output<z.ZodObject<typeof listRow>>, 'sort' | 'fetched'> & Counted;

const Counted = z.object(TOTAL);
type Counted = z.output<typeof Counted>;

type Page<View> = { list: View[]; total: number; total_capped?: true; next_cursor?: string | null };

/** The usual page sizes of a first page or a cursor. Each is a prepared statement, and connections keep only so many. */
const PREPARED_SIZES = new Set([10, 20, 50, 100]);

/**
 * Reads every list: filters, total, order with ties broken by id, page or cursor. A page that the byte limit ends
 * early has a cursor even if it was requested by number, because the next number would skip the records that did not fit.
 */
export async function listPage<Row extends ListRow, View>(
  { em, settings }: Pick<QueryScope, 'em' | 'settings'>,
  input: Input,
  spec: Spec<Row, View>,
): Promise<Page<View>> {
  if (input.cursor !== undefined && input.page !== undefined) throw bothPageAndCursor();
  const { page = 1, page_size: size = 10 } = input;
  const order = orderOf(input, spec);
  const binding = bindingOf(order, spec);
  const position = input.cursor ? readCursor(settings.secret, { cursor: input.cursor, binding }) : null;

  const prepare = isWalk(spec, order) && page === 1 && PREPARED_SIZES.has(size);
  const rows = await rowsOf(em, { row: spec.row, prepare, ...pageQuery(spec, order, { size, page, position }) });
  const list = fitting(rows.slice(0, size).map(spec.present));
  const last = rows[list.length - 1];
  const more = list.length < (rows[0]?.fetched ?? 0);
  const next =
    more && last ? writeCursor(settings.secret, { binding, position: { sort: last.sort, id: last.id } }) : null;
  const endedByBytes = more && list.length < size;
  const isFirst = page === 1 && position === null;
  const counted = rows[0] ?? (isFirst ? undefined : await totalAlone(em, spec, order));
  return {
    list,
    ...totalOf(counted),
    ...(input.cursor === undefined && !endedByBytes ? {} : { next_cursor: next }),
  };
}

function orderOf(input: Input, { order, defaultOrder }: Pick<Spec<never, unknown>, 'order' | 'defaultOrder'>): Order {
  const key = input.order_by ?? defaultOrder;
  const column = order[key];
  if (!column) throw new Error(`no order ${key}`);
  return { ...column, direction: input.direction ?? 'desc' };
}

/** A cursor continues only the list with the same order and filters. */
function bindingOf({ column, direction }: Order, { from, where, filters = [], joinedSearch = [] }: Source): string {
  const conditions = [...where, ...filters, ...joinedSearch.map(({ matches }) => matches)];
  return JSON.stringify([column, direction, from, ...conditions.map(({ sql, params }) => [sql, params])]);
}

async function totalAlone(em: QueryScope['em'], source: Source, order: Order): Promise<Counted | undefined> {
  const [row] = await rowsOf(em, { row: Counted, prepare: false, ...totalQuery(source, order) });
  return row;
}

function totalOf(counted: Counted | undefined): { total: number; total_capped?: true } {
  const total = Number(counted?.total ?? 0);
  return counted?.isBounded && total > TOTAL_CAP ? { total: TOTAL_CAP, total_capped: true } : { total };
}

const bothPageAndCursor = (): GatehouseError =>
  new GatehouseError('invalid_input', 'Send either page or cursor, not both.', {
    issues: [{ path: '/cursor', message: 'Not together with page', code: 'custom' }],
  });
