const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is no UUID cannot name a record of ours: to be answered as unknown, without asking the database. */
export const isId = (text: string): boolean => UUID.test(text);

const DEVELOPER_ID = /^[A-Za-z0-9._-]{1,256}$/;

/** The same for external ids: anything else, NUL among it, names nobody. */
export const isDeveloperId = (text: string): boolean => DEVELOPER_ID.test(text);
