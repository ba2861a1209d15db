const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Any other text cannot be an id, so callers answer 404 without a query. */
export const isId = (text: string): boolean => UUID.test(text);

const DEVELOPER_ID = /^[A-Za-z0-9._-]{1,256}$/;

/** The same for external ids. Excludes NUL, which PostgreSQL refuses. */
export const isDeveloperId = (text: string): boolean => DEVELOPER_ID.test(text);
