import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/database';
import { SETTINGS } from '@gatehouse/process/environment';
import { freePort } from '@gatehouse/testing/server-process';
import { makeTestCa } from '@gatehouse/testing/test-ca';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { recordOf, until } from './api.ts';
import { bannerOf, match, npmStart, outputWith, stopAll, type Start } from './npm-start.ts';

let ground: string;
let database: TestDatabase;
const running: Start[] = [];
beforeAll(async () => {
  ground = mkdtempSync(join(tmpdir(), 'gatehouse-settings-'));
  database = await createTestDatabase();
});
afterEach(() => stopAll(running));
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  rmSync(ground, { recursive: true, force: true });
});

function start(env: Record<string, string>): Start {
  const started = npmStart(env);
  running.push(started);
  return started;
}

/** Each setting with a value other than its default, and the parsed value. */
async function unusual(): Promise<Record<string, { given: string; understood: unknown }>> {
  const secret = { understood: 'set' };
  const authorities = join(ground, 'ca.pem');
  writeFileSync(authorities, makeTestCa().certificate);
  const port = await freePort();
  const dataDir = join(ground, 'elsewhere');
  return {
    NODE_ENV: { given: 'staging', understood: 'staging' },
    DATABASE_URL: { given: database.url, ...secret },
    DATABASE_DIRECT_URL: { given: database.url, ...secret },
    DATABASE_REPLICA_URL: { given: database.url, ...secret },
    AUDIT_LOG_MONTHS: { given: '24', understood: 24 },
    DELIVERY_LOG_MONTHS: { given: '3', understood: 3 },
    DATABASE_POOL_SIZE: { given: '7', understood: 7 },
    REDIS_URL: { given: 'rediss://user:password@127.0.0.1:1/3', ...secret },
    REDIS_PREFIX: { given: '{other}', understood: '{other}' },
    SMTP_URL: { given: 'smtps://user:password@127.0.0.1:1', ...secret },
    MAIL_FROM: {
      given: '"Team, Portal" <team@example.com>',
      understood: { name: 'Team, Portal', email: 'team@example.com' },
    },
    PUBLIC_URL: { given: 'https://Example.org:443/gate/', understood: 'https://example.org/gate' },
    PORT: { given: String(port), understood: port },
    HOST: { given: '127.0.0.2', understood: '127.0.0.2' },
    GATEHOUSE_SECRET: { given: 's'.repeat(40), ...secret },
    GATEHOUSE_PREVIOUS_SECRET: { given: 'p'.repeat(40), ...secret },
    GATEHOUSE_ADMIN_TOKEN: { given: 'an-admin-token-of-more-than-32-characters', ...secret },
    GATEHOUSE_DATA_DIR: { given: dataDir, understood: dataDir },
    SSO_ALLOWED_NETWORKS: { given: '10.1.0.0/16, fd00::/8', understood: ['10.1.0.0/16', 'fd00::/8'] },
    TRUST_PROXY: { given: '10.0.0.0/8', understood: ['10.0.0.0/8'] },
    CORS_ORIGINS: {
      given: 'https://app.example, http://localhost:5173',
      understood: ['https://app.example', 'http://localhost:5173'],
    },
    NODE_EXTRA_CA_CERTS: { given: authorities, understood: authorities },
    RATE_LIMITS: { given: 'off', understood: 'off' },
    DOCS: { given: 'off', understood: 'off' },
    SECURITY_CONTACT: { given: 'mailto:security@example.com', understood: 'mailto:security@example.com' },
    LOG_LEVEL: { given: 'debug', understood: 'debug' },
  };
}

/** The settings that the programs have logged. */
function settingsIn(output: string): unknown[] {
  const lines = output.split('\n').filter((line) => line.includes('"msg":"settings"'));
  return lines.map((line) => recordOf(JSON.parse(line))['settings']);
}

describe.runIf(process.platform === 'linux')('settings', { timeout: 120_000 }, () => {
  it('reach both programs, which parse them in the same way and never log secret ones', async () => {
    const all = await unusual();
    expect(Object.keys(all).toSorted()).toEqual(SETTINGS.map(({ name }) => name).toSorted());
    const started = start(Object.fromEntries(Object.entries(all).map(([name, { given }]) => [name, given])));
    await until('both logs', () => Promise.resolve(settingsIn(started.output()).length === 2 ? true : null), 30);
    const understood = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value.understood]));
    expect(settingsIn(started.output())).toEqual([understood, understood]);
    expect(started.output()).not.toMatch(/user:password|ssssssss|pppppppp|an-admin-token/);
  });

  it.each([
    ['LOG_LEVEL', 'loud'],
    ['REDIS_URL', 'http://x'],
    ['SMTP_URL', 'mail'],
    ['MAIL_FROM', 'Gatehouse'],
    ['PUBLIC_URL', 'gatehouse.example'],
    ['TRUST_PROXY', 'yes'],
    ['SSO_ALLOWED_NETWORKS', '10.0.0.0/33'],
    ['GATEHOUSE_PREVIOUS_SECRET', 'short'],
    ['GATEHOUSE_ADMIN_TOKEN', 'a token with spaces and more than 32 characters'],
    ['NODE_EXTRA_CA_CERTS', '/nothing/there.pem'],
    ['DOCS', 'no'],
  ])('%s=%s stops npm start with one line, before it creates anything', async (name, value) => {
    const dataDir = join(ground, name);
    const refused = start({ GATEHOUSE_DATA_DIR: dataDir, PORT: '0', [name]: value });
    expect(await refused.ended).toBe(1);
    const lines = refused.output().trim().split('\n');
    // Node prints its own warning about unreadable certificates.
    expect(lines.filter((line) => !line.startsWith('Warning: Ignoring extra certs'))).toEqual([
      expect.stringMatching(new RegExp(`^${name} .*\\.$`)),
    ]);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('do not hide a new token if a later step fails, and with PORT=0 links lead to the chosen port', async () => {
    const env = { DATABASE_URL: database.url, GATEHOUSE_DATA_DIR: join(ground, 'links'), PORT: '0' };
    const killed = start(env);
    const token = match(await outputWith(/gth_admin_\S+\n/, killed), /(gth_admin_\S+)/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const banner = await bannerOf(start(env));
    const url = match(banner, /GATEHOUSE='(\S+)'/);
    const portal = match(banner, /PORTAL='(\S+)'/);
    const listed = await fetch(`${url}/api/portals`, { headers: { authorization: `Bearer ${token}` } });
    expect(listed.status).toBe(200);
    expect(match(banner, /Sign in +(\S+)\/portals\/default/)).toBe(url);

    const account = { username: 'ada', email: 'ada@example.org', password: 'correct horse battery staple' };
    await fetch(`${url}/api/portals/${portal}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
    const mail = await until('the mail', () => Promise.resolve(mailIn(join(ground, 'links', 'mail'))));
    const links = [...mail.replaceAll('=\r\n', '').matchAll(/https?:\/\/[^\s/]+/g)].map(([link]) => link);
    expect(new Set(links)).toEqual(new Set([url]));
  });
});

function mailIn(directory: string): string | null {
  const [name] = existsSync(directory) ? readdirSync(directory).filter((file) => file.endsWith('.eml')) : [];
  return name === undefined ? null : readFileSync(join(directory, name), 'utf8');
}
