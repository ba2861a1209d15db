/** How many months rows are kept. Null: for ever. */
export type Retention = { events: number | null; emails: number | null };

export const FOR_EVER: Retention = { events: null, emails: null };

/** A table whose partitions are ranges of UUIDv7, which begin with a time. */
export type PartitionedTable = {
  name: string;
  /** The partition key. */
  key: string;
  /** Tables that its foreign keys name. */
  references: string[];
  /** Columns that are unique in each partition, because a key of the whole table would have to contain `key`. */
  unique?: string;
  kept: keyof Retention;
  /** SQL: whether a partition still holds rows that must stay. `before`: null for a table that is kept for ever. */
  needed(of: { partition: string; until: string; before: Date | null }): string;
};

const isAfter = (column: string, partition: string, before: Date | null): string =>
  before === null ? 'true' : `exists (select from ${partition} where ${column} > '${before.toISOString()}')`;

/** Events come first, so that a context does not outlive its event for longer than one run. */
export const PARTITIONED: PartitionedTable[] = [
  {
    name: 'event',
    key: 'id',
    references: [],
    kept: 'events',
    needed: ({ partition, until, before }) =>
      `${isAfter('occurred_at', partition, before)} or exists (select from outbox where event_id < '${until}')`,
  },
  {
    name: 'event_context',
    key: 'event_id',
    references: ['developer'],
    kept: 'events',
    // Most partitions are emptied by the retention of portals, row by row.
    needed: ({ partition, before }) => (before === null ? `exists (select from ${partition})` : 'false'),
  },
  {
    name: 'email',
    key: 'id',
    references: ['portal', 'developer', 'deletion'],
    unique: 'event_id, kind, "to"',
    kept: 'emails',
    needed: ({ partition, before }) =>
      `${isAfter('created_at', partition, before)} or exists (select from ${partition} where status = 'queued')`,
  },
];

/** The least UUIDv7 of this time. */
export const idFrom = (time: Date): string =>
  `${time.getTime().toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-0000-0000-000000000000`;

/** The time of a UUIDv7. */
export const timeOf = (id: string): Date => new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));

/** Milliseconds. */
const WEEK = 7 * 86_400_000;

/**
 * The first start of a month that is at least a week away. If a process dies between the two steps of a change, inserts
 * fail from then on, so that the next run has a week to finish it.
 */
export function monthAfter(now: Date): Date {
  const later = new Date(now.getTime() + WEEK);
  return new Date(Date.UTC(later.getUTCFullYear(), later.getUTCMonth() + 1, 1));
}
