import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, createApplication, createCredential, newPortal, until } from './api.ts';
import { startSystem, type System } from './system.ts';

let system: System;
let portal: string;
beforeAll(async () => {
  system = await startSystem();
  portal = await newPortal(system);
});
afterAll(() => system?.[Symbol.asyncDispose]());

it('secrets are in no log line, job, event, outbox row or mail, and only in the response that shows them', async () => {
  const password = 'a secret of nine words that nobody ever used';
  // User agents are personal data, which only event_context may contain.
  const agent = 'a user agent that nobody else has';
  const { body: issued } = await call(system, 'POST /api/tokens', {
    body: { kind: 'admin', name: 'test', scopes: ['developers:write'] },
  });
  const token = String(issued['token']);
  const invited = await call(system, `POST /api/portals/${portal}/developers/invites`, {
    token,
    body: { username: 'secretive', password, email: 'secretive@example.org' },
    headers: { 'user-agent': agent },
  });
  await call(system, `POST /api/portals/${portal}/developers/invites?token=${token}`, {
    token,
    body: { username: 'x', password },
  });
  const login = { username: 'secretive', password: 'a passphrase of eight words that nobody ever used' };
  const { id: application } = await createApplication(system, portal, String(invited.body['developer_id']));
  const ref = { portal_id: portal, application_id: String(application) };
  await createCredential(system, ref, { type: 'basic-auth', name: 'Login', 'basic-auth': login });
  // Rejected, because the username is taken now. The error must not contain the password.
  const again = await call(system, `POST /api/applications/${application}/credentials?portal_id=${portal}`, {
    body: { type: 'basic-auth', name: 'Login', 'basic-auth': login },
  });
  expect(again.body).toMatchObject({ code: 'username_taken', errors: [{ path: '/basic-auth/username' }] });
  expect(again.text).not.toContain(login.password);
  const made = await createCredential(system, ref);
  const { key } = Object(made['key-auth']);
  expect(key).toMatch(/^gtk_/);
  const shown = await call(system, `GET /api/applications/${application}/credentials?portal_id=${portal}`);
  expect(shown.body).toMatchObject({ total: 2 });
  for (const secret of [key, login.password]) expect(shown.text).not.toContain(secret);
  await fetch(`${system.url}/trpc/developers.list`, { headers: { authorization: `Bearer ${token}` } });
  await until(
    'the mail',
    async () =>
      (await system.sql(`select 1 from email where "to" = 'secretive@example.org' and status = 'suppressed'`))[0] ??
      null,
  );
  const clientSecret = 'the client secret of a provider that nobody ever used';
  const option = await call(system, `POST /api/portals/${portal}/login_options`, {
    body: {
      name: 'Company',
      provider_type: 'oidc',
      config: { issuer: 'https://127.0.0.1:1', client_id: 'x', client_secret: clientSecret },
    },
  });
  const tried = await call(system, `POST /api/portals/${portal}/login_options/${option.body['id']}/test`);
  expect(tried.body).toMatchObject({ ok: false });
  for (const { text } of [option, tried]) expect(text).not.toContain(clientSecret);
  const tables = [
    'login_option',
    'event',
    'outbox',
    'email',
    'token',
    'developer',
    'approval',
    'deletion',
    'subscription',
    'credential',
    'credential_key',
    'credential_login',
  ];
  const dump = await Promise.all(tables.map((table) => system.sql(`select * from ${table}`)));
  const jobs = await system.sql(
    `select * from information_schema.tables where table_schema = 'bullmq' and table_name = 'job'`,
  );
  const queue = jobs.length > 0 ? await system.sql('select * from bullmq.job') : [];
  const everything = JSON.stringify([dump, queue, system.api.output(), system.worker.output()]);
  const hash = createHash('sha256').update(system.adminToken).digest('hex');
  expect(everything).toContain(hash);
  expect(everything).toContain(createHash('sha256').update(String(key)).digest('hex'));
  for (const secret of [password, token, system.adminToken, key, login.password, clientSecret, agent])
    expect(everything).not.toContain(secret);
  expect(await system.sql('select 1 from event_context where user_agent = $1', [agent])).toHaveLength(1);
  expect(system.api.output()).toContain('/developers/invites');
});
