/** The most bytes of JSON on a page. `page_size` alone does not bound a response. */
export const PAGE_BYTES = 2_000_000;

/** The bytes of these columns. PostgreSQL knows the length of a long text without reading it. */
export const bytesOf = (columns: readonly string[]): string =>
  columns.map((column) => `coalesce(octet_length(${column}::text), 0)`).join(' + ') || '0';

/**
 * The rows of a page up to the one that reaches the byte limit. `page` selects `position`, `sort` and `bytes`. PostgreSQL
 * sends at most one record beyond the limit. `fetched` counts the rows before the cut.
 */
export function upToBytes(page: string, direction: 'asc' | 'desc'): string {
  const order = `order by sort ${direction} nulls last, position ${direction}`;
  return [
    'select * from (select rows.*, (count(*) over ())::int as fetched,',
    `sum(bytes) over (${order} rows unbounded preceding) - bytes as before from (${page}) as rows) as pages`,
    `where before < ${PAGE_BYTES} ${order}`,
  ].join(' ');
}

/** The views that fit the limit, and always the first: an empty page would have no cursor to continue from. */
export function fitting<View>(views: View[]): View[] {
  let bytes = 0;
  const end = views.findIndex((view, index) => {
    bytes += Buffer.byteLength(JSON.stringify(view)) + 1;
    return index > 0 && bytes > PAGE_BYTES;
  });
  return end === -1 ? views : views.slice(0, end);
}
