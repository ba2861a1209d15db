import { statement } from '@gatehouse/db/statement';
import type { Context } from '../kernel/context.ts';
import { record } from '../kernel/record.ts';

/** The most rows that one transaction deletes. */
const BATCH = 2000;
/** Days to keep a context without a portal. */
const KEPT = 30;

const trimOfPortals = statement({
  name: 'event_context.trim_of_portals',
  text: `delete from event_context where event_id in (
  select c.event_id from (
    select id, (settings->>'retention_days')::int as days from portal
    union all select portal_id, ? from event where name = 'portal.deleted'
  ) p cross join lateral (
    select event_id from event_context
    where portal_id = p.id and occurred_at <= ?::timestamptz - make_interval(days => p.days)
    order by occurred_at limit ? for update skip locked
  ) c limit ?)`,
  params: ['integer', 'timestamp with time zone', 'bigint', 'bigint'],
});

const trimOfNone = statement({
  name: 'event_context.trim_of_none',
  text: `delete from event_context where event_id in (
  select event_id from event_context
  where portal_id is null and occurred_at <= ?::timestamptz - make_interval(days => ?)
  order by occurred_at limit ? for update skip locked)`,
  params: ['timestamp with time zone', 'integer', 'bigint'],
});

/**
 * Deletes contexts of events after the `retention_days` of the event's portal, or after 30 days if the event has no portal
 * or the portal was deleted. Returns the number of rows.
 */
export function trimEventContexts({ em, now }: Pick<Context, 'em' | 'now'>): Promise<number> {
  return record({ em }, async (fork) => {
    const ofPortals = await trimOfPortals.run(fork, [KEPT, now, BATCH, BATCH]);
    const ofNone = await trimOfNone.run(fork, [now, KEPT, BATCH]);
    return ofPortals + ofNone;
  });
}
