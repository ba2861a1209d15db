import { rowId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import type { Session as View } from '@gatehouse/contract/session';
import Bowser from 'bowser';
import { isoColumn, isoTime } from '../list/iso-column.ts';

export const SESSION_COLUMNS = [
  isoColumn('s.created_at', '"createdAt"'),
  isoColumn('s.last_used_at', '"lastUsedAt"'),
  isoColumn('s.expires_at', '"expiresAt"'),
  'c.address',
  'c.user_agent as "userAgent"',
].join(', ');

export const SESSION_ROW = {
  id: rowId.session,
  createdAt: isoTime,
  lastUsedAt: isoTime,
  expiresAt: isoTime,
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
};
type SessionRow = z.output<z.ZodObject<typeof SESSION_ROW>> & { id: string };

/** The context of the event `session.created` holds the origin of a session. */
export const SESSION_FROM = `session s
  left join event e on e.resource_type = 'session' and e.resource_id = s.id::text and e.name = 'session.created'
  left join event_context c on c.event_id = e.id`;

export const sessionView = (row: SessionRow, current: string): View => ({
  id: row.id,
  current: row.id === current,
  device: deviceOf(row.userAgent),
  address: row.address,
  created_at: row.createdAt,
  last_used_at: row.lastUsedAt,
  expires_at: row.expiresAt,
});

/** The browser and operating system in a User-Agent, or null unless it names both. */
function deviceOf(userAgent: string | null): View['device'] {
  if (!userAgent) return null;
  const { browser, os } = Bowser.parse(userAgent);
  return browser.name && os.name ? { browser: browser.name, system: os.name } : null;
}
