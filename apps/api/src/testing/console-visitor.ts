import type { OperatorRole } from '@gatehouse/contract/scopes';
import type { ApiTest } from './api-test.ts';
import { jsonOf } from './serve.ts';

export const PASSWORD = 'correct horse battery staple';

let count = 0;

/** An operator who has accepted the invitation. */
export async function activeOperator(
  gatehouse: ApiTest,
  { role, portal_ids = null }: { role: OperatorRole; portal_ids?: string[] | null },
): Promise<{ id: string; name: string; email: string }> {
  count += 1;
  const [name, email] = [`Grace ${String(count)}`, `grace${String(count)}@example.org`];
  const made = await gatehouse.api('/api/operators', { json: { name, email, role, portal_ids } });
  const json = { token: await gatehouse.mailedToken(email), password: PASSWORD };
  const accepted = await gatehouse.api('/api/console/accept_invitation', { token: '', json });
  if (accepted.status !== 200) throw new Error(await accepted.text());
  return { id: String((await jsonOf(made))['id']), name, email };
}

/** The cookie of a new console session, of an operator or of an admin token. */
export async function signInToConsole(
  gatehouse: ApiTest,
  given: { email: string } | { token: string },
): Promise<string> {
  const [path, json] =
    'token' in given
      ? ['login_with_token', { token: given.token }]
      : ['login', { email: given.email, password: PASSWORD }];
  const answer = await gatehouse.api(`/api/console/${path}`, { token: '', json });
  const [cookie = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';', 1);
  if (cookie === '') throw new Error(await answer.text());
  return cookie;
}
