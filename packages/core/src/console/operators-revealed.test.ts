import { watchStatements } from '@gatehouse/testing/statements';
import { afterEach, expect, it, vi } from 'vitest';
import type * as password from '../crypto/password.ts';
import { verifyPassword } from '../crypto/password.ts';
import { disableOperator } from '../operator/disable-operator.ts';
import { admin, anonymous, coreTest } from '../testing/core-test.ts';
import { activeOperator, invitedOperator } from '../testing/in-console.ts';
import { forgotConsolePassword } from './forgot-password.ts';
import { consoleLogin } from './login.ts';

vi.mock('../crypto/password.ts', async (original) => {
  const real = await original<typeof password>();
  return { ...real, verifyPassword: vi.fn(real.verifyPassword) };
});
afterEach(() => {
  vi.restoreAllMocks();
});

const test = coreTest();

/** The answer of a call, and the number of its statements, hashes and mails. */
async function costOf(call: () => Promise<unknown>) {
  const mails = async () => (await test.rows('select 1 from email')).length;
  const before = await mails();
  vi.mocked(verifyPassword).mockClear();
  const watched = watchStatements();
  const answer = await call().then(JSON.stringify, (error: unknown) => String(error));
  const statements = watched.stop().map((text) => text.slice(0, 25));
  return { answer, statements, mails: (await mails()) - before, verified: vi.mocked(verifyPassword).mock.calls.length };
}

async function addresses(): Promise<string[]> {
  const [active, invited, disabled] = [
    await activeOperator(test),
    await invitedOperator(test),
    await activeOperator(test),
  ];
  await disableOperator.execute(test.as(admin()), { operator_id: disabled.id });
  return [active.email, invited.email, disabled.email];
}

it('a wrong password costs the same for every operator and for an unknown address', async () => {
  const cost = (email: string) =>
    costOf(() => consoleLogin.execute(test.as(anonymous), { email, password: 'a wrong password' }));
  const known = await addresses();
  const unknown = await cost('unknown@example.org');
  expect(unknown).toMatchObject({ verified: 1, mails: 0 });
  for (const email of known) expect({ email, ...(await cost(email)) }).toEqual({ email, ...unknown });
});

it('a forgotten password costs the same, and mails an active operator only', async () => {
  const cost = (email: string) => costOf(() => forgotConsolePassword.execute(test.as(anonymous), { email }));
  const known = await addresses();
  const unknown = await cost('unknown@example.org');
  expect(unknown).toMatchObject({ answer: '{"status":"submitted"}', mails: 1 });
  for (const email of known) expect({ email, ...(await cost(email)) }).toEqual({ email, ...unknown });
  const mailed = await test.rows<{ to: string }>(`select "to" from email where kind = 'operator_password_reset'`);
  expect(mailed.map(({ to }) => to).filter((to) => !to.startsWith('erased-'))).toEqual(known.slice(0, 1));
});
