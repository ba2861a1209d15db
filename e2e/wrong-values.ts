import { PASSWORD } from './api.ts';
import type { Call } from './every-call.ts';

/** Values that nearly every field of every body rejects. */
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

/** A well-formed id without a record. */
const NOBODY = '0190f3a0-0000-7000-8000-000000000000';

/** A valid body, in which tests make one field invalid. */
export function complete({ path, method }: Call): Record<string, unknown> {
  if (path.endsWith('/invites')) return { username: 'new', password: PASSWORD };
  if (path.endsWith('/login_options'))
    return { name: 'New', provider_type: 'cas', config: { url: 'https://cas.example' } };
  if (path.endsWith('/credentials') || path.endsWith('{credential_id}')) return { type: 'key-auth', name: 'New' };
  if (path.endsWith('{credential_id}/regenerate')) return { type: 'key-auth' };
  if (path.endsWith('/register')) return { username: 'new', email: 'new@example.org', password: PASSWORD };
  if (path.endsWith('/renew_invite')) return { password: PASSWORD };
  if (path === '/api/console/login') return { email: 'nobody@example.org', password: PASSWORD };
  if (path.endsWith('/login_with_token')) return { token: 'gth_admin_unknown' };
  if (path === '/api/operators') return { name: 'New', email: 'new@example.org', role: 'viewer', portal_ids: null };
  if (path.endsWith('/login')) return { username: 'nobody', password: PASSWORD };
  if (path.endsWith('/verify_email') || path.endsWith('/undo_email_change')) return { token: 'x.1.y' };
  if (path.endsWith('/forgot_password')) return { email: 'nobody@example.org' };
  if (path.endsWith('/reset_password') || path.endsWith('/accept_invitation'))
    return { token: 'x.1.y', password: PASSWORD };
  if (path.endsWith('/change_password')) return { current_password: PASSWORD, new_password: `${PASSWORD}?` };
  if (path === '/api/me/email_verification') return { email: 'nobody@example.org' };
  if (path === '/api/me' && method === 'DELETE') return { password: PASSWORD };
  if (path.endsWith('/api_products') && method === 'POST') return { name: 'New' };
  if (path.endsWith('/subscriptions') && path !== '/api/subscriptions') return { application_id: NOBODY };
  if (path === '/api/subscriptions') return { applications: [NOBODY], api_products: [NOBODY] };
  if (path === '/api/applications' && method === 'POST') return { name: 'New' };
  if (path === '/api/developers' && method === 'POST') return { developer_id: 'new' };
  if (path === '/api/portals' && method === 'POST') return { name: 'New', slug: 'new' };
  if (path === '/api/tokens') return { kind: 'admin', name: 'new' };
  return {};
}

/** A password that is entered, not chosen, can be any text; it is only incorrect. */
const isTyped = (field: string, path: string): boolean =>
  field === 'current_password' ||
  (field === 'token' && path.endsWith('/login_with_token')) ||
  (field === 'password' && (path.endsWith('/login') || path === '/api/me'));

const NULLABLE = [
  'email',
  'labels',
  'admin_labels',
  'public_url',
  'settings',
  'auth',
  'desc',
  'key-auth',
  'expires_at',
  'logo',
  'locale',
  'portal_ids',
];
/** Whether a value of WRONG is valid for this field. */
export function mayBe(field: string, value: unknown, path: string): boolean {
  if (isTyped(field, path)) return value === ' ' || value === 'not-a-uuid';
  // The admin token of these tests has no password to change, so no rule for passwords applies.
  if (path === '/api/console/change_password') return value === 'not-a-uuid';
  if (value === null) return NULLABLE.includes(field);
  if (['labels', 'admin_labels', 'settings', 'auth', 'key-auth'].includes(field)) return JSON.stringify(value) === '{}';
  if (field === 'config') return JSON.stringify(value) === '{}' && path.endsWith('{login_option_id}');
  if (field === 'disable') return value === true;
  if (path.endsWith('/test') && field === 'username') return value === ' ' || value === 'not-a-uuid';
  if (field === 'reason' || field === 'desc')
    return value === '' || value === ' ' || value === 'line\nfeed' || value === 'not-a-uuid';
  if (field === 'metadata') return typeof value === 'string' && value.length < 65_536 && value !== '\u0000';
  if (field === 'overlap_seconds') return value === 17;
  if (
    field === 'slug' ||
    field === 'name' ||
    field === 'username' ||
    field === 'developer_id' ||
    field === 'new_username'
  )
    return value === 'not-a-uuid';
  if (field === 'subscription_auto_approval' || field === 'can_view_unsubscribed') return value === true;
  return false;
}

const FREE_TEXT = ['search', 'resource_name', 'applicant_name', 'operator_name', 'resource_id', 'request_id', 'to'];
/** Whether a wrong value for query parameters is valid for this one. */
export const isFine = (name: string, value: string): boolean =>
  (FREE_TEXT.includes(name) && ['nonsense!', '-1', '1.5', '99999999999999999999'].includes(value)) ||
  (name === 'cursor' && value === '') ||
  (name === 'to' && value !== '%ff' && value !== '%E2%28%A1');
