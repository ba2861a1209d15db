import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { migrate } from '@gatehouse/db/migrate';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { describe, expect, test } from 'vitest';
import { call, newPortal, PASSWORD, until } from './api.ts';
import { type DatabaseServer, startDatabaseServer } from './database-server.ts';
import { startStallingProxy } from '@gatehouse/testing/stalling-proxy';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startSystem, type System } from './system.ts';

/** Seconds in which every call must be answered. */
const PATIENCE = 5;

/** Starts the system with TCP connections to the database, through `port` if one is given. */
async function systemOn(server: DatabaseServer, sink: SmtpSink, port = server.port): Promise<System> {
  await migrate({ databaseUrl: server.url });
  await prepareQueue(server.url);
  return startSystem({
    smtpUrl: sink.url,
    database: { url: server.url, [Symbol.asyncDispose]: () => Promise.resolve() },
    reach: () => ({ DATABASE_URL: `postgresql://app@127.0.0.1:${String(port)}/gatehouse` }),
  });
}

const invite = (system: System, portal: string, username: string) =>
  call(system, `POST /api/portals/${portal}/developers/invites`, {
    body: { username, password: PASSWORD, email: `${username}@example.org` },
  });

/** Makes calls without a token, each of which counts against several rate limits. */
const visit = (system: System, portal: string, username: string) => [
  call(system, `POST /api/portals/${portal}/auth/register`, {
    token: null,
    body: { username, password: PASSWORD, email: `${username}@example.org` },
  }),
  call(system, `POST /api/portals/${portal}/auth/forgot_password`, {
    token: null,
    body: { email: `${username}@example.org` },
  }),
];

const mailTo = (sink: SmtpSink, recipient: string) =>
  until(`a mail to ${recipient}`, () => Promise.resolve(sink.to(recipient)[0] ?? null), 30);

/** The status and the response time in seconds. */
async function timed(calling: Promise<{ status: number }>): Promise<{ status: number; seconds: number }> {
  const begun = performance.now();
  const { status } = await calling;
  return { status, seconds: (performance.now() - begun) / 1000 };
}

/** The server and the processes of its connections. */
const processesOf = ({ pid }: DatabaseServer): number[] => [
  pid,
  ...readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number),
];

const isLong = process.env['TEST_LONG'] === 'required';

// The processes of the server are read from /proc.
describe.runIf(process.platform === 'linux')('a database that hangs', () => {
  test.runIf(isLong)(
    'causes responses within five seconds, makes the api not ready, and needs no restart afterwards',
    async () => {
      await using server = await startDatabaseServer();
      const sink = await startSmtpSink();
      await using system = await systemOn(server, sink);
      const portal = await newPortal(system);
      const stopped = processesOf(server);
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      try {
        const ready = timed(call(system, 'GET /readyz'));
        const answers = [];
        for (let n = 0; n < 12; n += 1) {
          answers.push(timed(call(system, `GET /api/portals/${portal}`)), timed(invite(system, portal, `lost-${n}`)));
          answers.push(...visit(system, portal, `lost-visitor-${n}`).map(timed));
          await delay(250);
        }
        const all = await Promise.all(answers);
        expect(new Set(all.map(({ status }) => status))).toEqual(new Set([503]));
        expect(Math.max(...all.map(({ seconds }) => seconds))).toBeLessThan(PATIENCE);
        expect((await ready).status).toBe(503);
      } finally {
        for (const pid of stopped.toReversed()) process.kill(pid, 'SIGCONT');
      }
      await until('the readiness', async () => ((await call(system, 'GET /readyz')).status === 200 ? true : null), 10);
      expect((await invite(system, portal, 'later')).status).toBe(201);
      await mailTo(sink, 'later@example.org');
      const lost = await system.sql(`select from developer where username like 'lost-%'`);
      expect(lost).toEqual([]);
      await sink[Symbol.asyncDispose]();
    },
  );

  test('only on its old connections does not stop api and worker, which open new ones', async () => {
    await using server = await startDatabaseServer();
    await using proxy = await startStallingProxy(server.url);
    const sink = await startSmtpSink();
    await using system = await systemOn(server, sink, proxy.port);
    const portal = await newPortal(system);
    await Promise.all(Array.from({ length: 20 }, () => call(system, `GET /api/portals/${portal}`)));
    proxy.silence();
    const first = await Promise.all(Array.from({ length: 4 }, () => timed(call(system, `GET /api/portals/${portal}`))));
    expect(Math.max(...first.map(({ seconds }) => seconds))).toBeLessThan(PATIENCE);
    const next = await timed(call(system, `GET /api/portals/${portal}`));
    expect(next.status).toBe(200);
    expect(next.seconds).toBeLessThan(1);
    expect((await invite(system, portal, 'later')).status).toBe(201);
    await mailTo(sink, 'later@example.org');
    await until('the readiness', async () => ((await call(system, 'GET /readyz')).status === 200 ? true : null), 10);
    await sink[Symbol.asyncDispose]();
  });
});
