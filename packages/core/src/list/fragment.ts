/** A piece of SQL with its parameters (`?`). Values from callers are always parameters, never part of the text. */
export type Fragment = { sql: string; params: unknown[] };

export const fragment = (sql: string, ...params: unknown[]): Fragment => ({ sql, params });

/** Composes pieces of SQL. The parameters keep the order in which they stand in the text. */
export function compose(texts: TemplateStringsArray, ...parts: (Fragment | string | number)[]): Fragment {
  const pieces = parts.map((part) => (typeof part === 'object' ? part : fragment(String(part))));
  const sql = texts.map((text, index) => `${text}${pieces[index]?.sql ?? ''}`).join('');
  return fragment(sql, ...pieces.flatMap(({ params }) => params));
}

/** `column = value`, or no filter if the value is undefined. */
export const equals = (column: string, value: string | undefined): Fragment[] =>
  value === undefined ? [] : [fragment(`${column} = ?`, value)];

/**
 * Like `equals`, for a value that the contract lists. It stands in the text, so that PostgreSQL knows how common the
 * value is when it plans a prepared statement, and whether a partial index applies.
 */
export function equalsConstant(column: string, value: string | undefined): Fragment[] {
  if (value === undefined) return [];
  if (!/^[\w.-]+$/.test(value)) throw new Error(`${value} is not a value of the contract`);
  return [fragment(`${column} = '${value}'`)];
}

/** `column` is one of these values. Without values, nothing matches. */
export const isOneOf = (column: string, values: readonly string[]): Fragment => fragment(`${column} = any(?)`, values);

/** `column` holds all of these labels. */
export const hasLabels = (column: string, labels: Record<string, string> | undefined): Fragment[] =>
  labels === undefined ? [] : [fragment(`${column} @> ?::jsonb`, JSON.stringify(labels))];

export const allOf = (where: readonly Fragment[]): string =>
  where.length === 0 ? 'true' : where.map(({ sql }) => sql).join(' and ');

/** All of these conditions, with their parameters. */
export const every = (where: readonly Fragment[]): Fragment =>
  fragment(allOf(where), ...where.flatMap(({ params }) => params));
