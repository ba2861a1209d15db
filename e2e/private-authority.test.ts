import { listen } from '@gatehouse/testing/listen';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTestCa, type TestCa } from '@gatehouse/testing/test-ca';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, listOf, newPortal, PASSWORD, until } from './api.ts';
import { startSystem, type System } from './system.ts';

/** Starts a mail server with a certificate of a private authority. */
async function startTlsServer({ server: pair }: TestCa, secure: boolean) {
  const recipients: string[] = [];
  const server = new SMTPServer({
    secure,
    key: pair.privateKey,
    cert: pair.certificate,
    authOptional: true,
    closeTimeout: 100,
    onRcptTo({ address }, session, callback) {
      recipients.push(`${address} ${session.secure ? 'over TLS' : 'in clear'}`);
      callback();
    },
    onData(stream, _session, callback) {
      stream.resume().once('end', () => callback());
    },
  });
  server.on('error', () => undefined);
  const port = await listen(server.server);
  return {
    url: `${secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    recipients,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

type TlsServer = Awaited<ReturnType<typeof startTlsServer>>;

describe('a mail server with a certificate of a private authority', () => {
  let directory: string;
  let authority: TestCa;
  let server: TlsServer | undefined;
  let system: System | undefined;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-authority-'));
    authority = makeTestCa();
    writeFileSync(join(directory, 'ca.pem'), authority.certificate);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function lastMail(secure: boolean, env: Record<string, string>): Promise<Record<string, unknown>> {
    server = await startTlsServer(authority, secure);
    system = await startSystem({ smtpUrl: server.url, env });
    const portal = await newPortal(system);
    const body = { username: 'ada', email: 'ada@example.org', password: PASSWORD };
    await call(system, `POST /api/portals/${portal}/auth/register`, { token: null, body });
    const { url, adminToken } = system;
    return until('an attempt', async () => {
      const [mail] = listOf(await call({ url, adminToken }, 'GET /api/emails'));
      return mail && (mail['status'] === 'sent' || mail['last_error'] !== null) ? mail : null;
    });
  }

  async function stop(): Promise<void> {
    await system?.[Symbol.asyncDispose]();
    await server?.stop();
  }

  it.each([true, false])('gets mail if NODE_EXTRA_CA_CERTS names the authority (smtps: %s)', async (secure) => {
    try {
      const mail = await lastMail(secure, { NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem') });
      expect(mail).toMatchObject({ status: 'sent' });
      expect(server?.recipients).toEqual(['ada@example.org over TLS']);
    } finally {
      await stop();
    }
  });

  it('gets no mail otherwise, and the mail stays queued with the reason', async () => {
    try {
      const mail = await lastMail(true, {});
      expect(mail).toMatchObject({ status: 'queued', last_error: expect.stringMatching(/certificate/) });
      expect(server?.recipients).toEqual([]);
    } finally {
      await stop();
    }
  });
});
