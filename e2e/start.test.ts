import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@gatehouse/sso/testing/peer-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './api.ts';

const root = new URL('..', import.meta.url);

let dataDir: string;
let port: number;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));
  // As root, PostgreSQL runs as another user, who must get through.
  chmodSync(dataDir, 0o755);
  port = await freePort();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

type Start = { child: ChildProcess; output(): string; ended: Promise<number | null> };

/** The program behind `npm start`, as it runs once everything is installed. */
function start(args: string[] = [], env: Record<string, string> = {}): Start {
  const child = spawn(process.execPath, ['tools/start.ts', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', GATEHOUSE_DATA_DIR: dataDir, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  return {
    child,
    output: () => text,
    ended: once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null)),
  };
}

async function bannerOf({ output, ended }: Start): Promise<string> {
  let over = false;
  void ended.then(() => (over = true));
  return until(
    'the banner',
    () => {
      if (over) throw new Error(`ended before the banner:\n${output()}`);
      return Promise.resolve(output().includes('Paste into a shell') ? output() : null);
    },
    30,
  );
}

const match = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';

const pidsOf = (parent: number): number[] =>
  readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);

// Who the children are is read from /proc.
describe.runIf(process.platform === 'linux')('npm start', () => {
  let token = '';
  let portal = '';
  const listed = async () =>
    (
      await fetch(`http://127.0.0.1:${port}/api/portals/${portal}/developers`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;

  it('shows, on the first start, where it is, a token, and calls that work as they are', async () => {
    const first = start();
    const banner = await bannerOf(first);
    token = match(banner, /(gth_admin_[\w-]+)/);
    portal = match(banner, /portals\/([0-9a-f-]{36})\/developers/);
    expect(await listed()).toBe(200);
    const curl = match(banner, /^\s*(curl -H .*\?state=Pending")$/m);
    const shell = spawn('bash', ['-c', `${curl} -sS`], {
      env: { PATH: process.env['PATH'] ?? '', TOKEN: token },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [answer] = await once(shell.stdout, 'data');
    expect(JSON.parse(String(answer))).toEqual({ list: [], total: 0 });
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(first.output()).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  it('is quick the second time, shows no token, and recovers from kill -9 of everything', async () => {
    const begin = performance.now();
    const second = start();
    expect(await bannerOf(second)).not.toContain(token);
    expect(performance.now() - begin).toBeLessThan(15_000);
    second.child.kill('SIGKILL');
    await second.ended;
    const third = start();
    await bannerOf(third);
    expect(await listed()).toBe(200);
    third.child.kill('SIGTERM');
    expect(await third.ended).toBe(0);
  });

  it.each(['apps/api', 'apps/worker'])(
    'stops all, and says so, when %s is killed; a new start recovers',
    async (name) => {
      const running = start();
      await bannerOf(running);
      const victim = pidsOf(running.child.pid ?? 0).find((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name),
      );
      process.kill(victim ?? 0, 'SIGKILL');
      expect(await running.ended).toBe(1);
      expect(running.output()).toContain('Stopping the rest');
      const again = start();
      await bannerOf(again);
      expect(await listed()).toBe(200);
      again.child.kill('SIGTERM');
      await again.ended;
    },
  );

  it('replaces a lost token, and takes one that is given', async () => {
    const renewed = start(['--new-admin-token']);
    const banner = await bannerOf(renewed);
    const lost = token;
    token = match(banner, /(gth_admin_[\w-]+)/);
    expect(token).not.toBe(lost);
    expect(await listed()).toBe(200);
    renewed.child.kill('SIGTERM');
    await renewed.ended;
    const given = 'given-admin-token-of-more-than-32-characters';
    const configured = start([], { GATEHOUSE_ADMIN_TOKEN: given });
    expect(await bannerOf(configured)).not.toContain(given);
    token = given;
    expect(await listed()).toBe(200);
    configured.child.kill('SIGTERM');
    await configured.ended;
  });

  it.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ GATEHOUSE_ADMIN_TOKEN: 'short' }, 'GATEHOUSE_ADMIN_TOKEN'],
    [{ NODE_ENV: 'production' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  ])('stops with one line that names the wrong variable: %j', async (env, name) => {
    const refused = start([], env);
    expect(await refused.ended).toBe(1);
    expect(refused.output().trim().split('\n')).toEqual([expect.stringContaining(name)]);
  });
});
