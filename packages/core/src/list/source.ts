import type { Position } from './cursor.ts';
import type { Fragment } from './fragment.ts';

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
  /** The table with the filtered and ordered columns, and its alias. */
  from: string;
  /** The column that breaks ties. It is selected as `id`. */
  id: string;
  /** Filters that begin an index of every order: a page is a walk along that index. */
  where: Fragment[];
  /** All other filters. */
  filters?: Fragment[];
  /** If not empty, a record also matches in one of these. The first ones are searched first. */
  joinedSearch?: JoinedSearch[];
  /** The joined tables with the selected columns, `from` among them. */
  rows?: string;
  /** A fragment if it has parameters. */
  select: string | Fragment;
  /** Columns that callers can fill with long text. At most a page of them is read. */
  large?: string[];
  /** See `counted`. If missing or null, rows are counted up to a limit. */
  exactTotal?: ExactTotal | undefined;
};

/** A bigint that equals `count(*)` of the filters. */
export type ExactTotal = { total: Fragment; mayBeNull: boolean };

/** Records are found by a match in a joined table. Each table has its own index for the search. */
export type JoinedSearch = { table: string; on: string; matches: Fragment };

export type Slice = { size: number; page: number; position: Position | null };

/** True if every page is a walk along an index, whatever the values of the filters. */
export const isWalk = ({ filters = [], joinedSearch = [] }: Source, { join }: Order): boolean =>
  filters.length === 0 && joinedSearch.length === 0 && !join;
