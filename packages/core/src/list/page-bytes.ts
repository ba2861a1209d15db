/** A page ends before its records exceed this many bytes of JSON: `page_size` alone does not bound an answer. */
export const PAGE_BYTES = 2_000_000;

/** The bytes of those columns of a row that callers can fill with long text. PostgreSQL knows a text's without reading it. */
export const bytesOf = (columns: readonly string[]): string =>
  columns.map((column) => `coalesce(octet_length(${column}::text), 0)`).join(' + ') || '0';

/**
 * The rows of a page (`position`, `sort` and `bytes` among their columns) up to the one that reaches the limit.
 * PostgreSQL leaves out the rest, so that at most one record more than the limit is sent. `fetched` counts all of them.
 */
export function upToBytes(page: string, direction: 'asc' | 'desc'): string {
  const order = `order by sort ${direction} nulls last, position ${direction}`;
  return [
    'select * from (select rows.*, (count(*) over ())::int as fetched,',
    `sum(bytes) over (${order} rows unbounded preceding) - bytes as before from (${page}) as rows) as pages`,
    `where before < ${PAGE_BYTES} ${order}`,
  ].join(' ');
}

/** As many of the views as fit the limit, and always the first: a page without a record would never lead on. */
export function fitting<View>(views: View[]): View[] {
  let bytes = 0;
  const end = views.findIndex((view, index) => {
    bytes += Buffer.byteLength(JSON.stringify(view)) + 1;
    return index > 0 && bytes > PAGE_BYTES;
  });
  return end === -1 ? views : views.slice(0, end);
}
