import { PASSWORD } from './api.ts';
import type { Call } from './every-call.ts';

/** Wrong for nearly every field of every body. */
export const WRONG: unknown[] = [
  null,
  17,
  true,
  [],
  {},
  '',
  ' ',
  '\u0000',
  'a\u0007b',
  'line\nfeed',
  'a\u202eb',
  'x'.repeat(70_000),
  [null],
  { a: { b: 1 } },
  -1,
  1e308,
  'not-a-uuid',
];

/** A body that would be taken, to be spoilt in one field. */
export function complete({ path, method }: Call): Record<string, unknown> {
  if (path.endsWith('/invites')) return { username: 'new', password: PASSWORD };
  if (path.endsWith('/register')) return { username: 'new', email: 'new@example.org', password: PASSWORD };
  if (path.endsWith('/renew_invite')) return { password: PASSWORD };
  if (path.endsWith('/api_products') && method === 'POST') return { name: 'New' };
  if (path === '/api/applications' && method === 'POST') return { name: 'New' };
  if (path === '/api/developers' && method === 'POST') return { developer_id: 'new' };
  if (path === '/api/portals' && method === 'POST') return { name: 'New', slug: 'new' };
  if (path === '/api/tokens') return { kind: 'admin', name: 'new' };
  return {};
}

const NULLABLE = ['email', 'labels', 'public_url', 'settings', 'auth', 'desc'];
/** Values of the table above that are right for some field. */
export function mayBe(field: string, value: unknown): boolean {
  if (value === null) return NULLABLE.includes(field);
  if (field === 'labels' || field === 'settings' || field === 'auth') return JSON.stringify(value) === '{}';
  if (field === 'reason' || field === 'desc')
    return value === '' || value === ' ' || value === 'line\nfeed' || value === 'not-a-uuid';
  if (field === 'metadata') return typeof value === 'string' && value.length < 65_536 && value !== '\u0000';
  if (field === 'slug' || field === 'name' || field === 'username' || field === 'developer_id')
    return value === 'not-a-uuid';
  if (field === 'subscription_auto_approval' || field === 'can_view_unsubscribed') return value === true;
  return false;
}

const FREE_TEXT = ['search', 'applicant_name', 'operator_name', 'resource_id', 'request_id', 'to'];
/** Values of the query table that are right for some parameter. */
export const isFine = (name: string, value: string): boolean =>
  (FREE_TEXT.includes(name) && ['nonsense!', '-1', '1.5', '99999999999999999999'].includes(value)) ||
  (name === 'cursor' && value === '') ||
  (name === 'to' && value !== '%ff' && value !== '%E2%28%A1');
