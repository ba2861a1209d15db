import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@gatehouse/testing/server-process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bannerOf, match, npmStart, stopAll, type Start } from './npm-start.ts';

let dataDir: string;
let port: number;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-start-'));
  // As root, PostgreSQL runs as another user, which needs access.
  chmodSync(dataDir, 0o755);
  port = await freePort();
});
afterEach(() => stopAll(running));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const running: Start[] = [];

function start(args: string[] = [], env: Record<string, string> = {}): Start {
  const started = npmStart({ GATEHOUSE_DATA_DIR: dataDir, PORT: String(port), ...env }, args);
  running.push(started);
  return started;
}

const pidsOf = (parent: number): number[] =>
  readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);

// The child processes are read from /proc.
describe.runIf(process.platform === 'linux')('npm start', { timeout: 120_000 }, () => {
  let token = '';
  let portal = '';
  const listed = async () =>
    (
      await fetch(`http://127.0.0.1:${port}/api/portals/${portal}/developers`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;

  it('shows its address, a token and working calls on the first start', async () => {
    const first = start();
    const banner = await bannerOf(first);
    token = match(banner, /(gth_admin_[\w-]+)/);
    portal = match(banner, /portals\/([0-9a-f-]{36})\/developers/);
    // The output has only steps, the new token and the banner.
    expect(banner.slice(0, banner.indexOf('Gatehouse runs'))).toMatch(
      /^(?:\w[^{}\n]*…\n|Created an admin token, which is shown only once: gth_admin_\S+\n|\n)+$/,
    );
    for (const line of [`GATEHOUSE='http://127.0.0.1:${port}'`, `TOKEN='${token}'`, `PORTAL='${portal}'`])
      expect(banner).toContain(`  export ${line}\n`);
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

  it('starts fast the second time, shows no token, and recovers from kill -9', async () => {
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

  it.each(['api', 'worker'])(
    'stops everything and reports it if %s is killed, and starts again afterwards',
    async (name) => {
      const running = start();
      await bannerOf(running);
      const victim = pidsOf(running.child.pid ?? 0).find((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`serve.mjs\0${name}`),
      );
      process.kill(victim ?? 0, 'SIGKILL');
      expect(await running.ended).toBe(1);
      expect(running.output()).toContain('Stopping everything else');
      const again = start();
      await bannerOf(again);
      expect(await listed()).toBe(200);
      again.child.kill('SIGTERM');
      await again.ended;
    },
  );

  it('replaces a lost token, and uses GATEHOUSE_ADMIN_TOKEN', async () => {
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
    [{ GATEHOUSE_DATA_DIR: '/proc/x' }, 'GATEHOUSE_DATA_DIR'],
    [{ GATEHOUSE_DATA_DIR: '/etc/passwd' }, 'GATEHOUSE_DATA_DIR'],
  ])('stops with one line that names the wrong variable: %j', async (env, name) => {
    const refused = start([], env);
    expect(await refused.ended).toBe(1);
    expect(refused.output().trim().split('\n')).toEqual([expect.stringContaining(name)]);
  });
});
