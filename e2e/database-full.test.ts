import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@gatehouse/db/migrate';
import { prepareQueue } from '@gatehouse/queue/postgres-backend';
import { expect, test } from 'vitest';
import { call, newPortal, PASSWORD, until } from './api.ts';
import { startDatabaseServer } from './database-server.ts';
import { startSystem } from './system.ts';

/** Mounts a separate file system, which needs root and does not work in every container. */
function mountDisk(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=755', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
}

const disk = process.env['TEST_LONG'] === 'required' && process.getuid?.() === 0 ? mountDisk() : undefined;

/** Fills the disk completely. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = 1 << 20; size >= 1 << 12;) {
      try {
        writeSync(file, Buffer.alloc(size, 1));
      } catch {
        size >>= 1;
      }
    }
  } finally {
    closeSync(file);
  }
}

test.runIf(disk !== undefined)(
  'calls are answered 503 while the disk is full, and work again without a restart once it has space',
  async () => {
    const path = disk ?? '';
    try {
      await using server = await startDatabaseServer({
        dataDir: join(path, 'postgres'),
        settings: { max_wal_size: '64MB', min_wal_size: '64MB', wal_recycle: 'on' },
      });
      await migrate({ databaseUrl: server.url });
      await prepareQueue(server.url);
      await using system = await startSystem({
        database: { url: server.url, [Symbol.asyncDispose]: () => Promise.resolve() },
      });
      const portal = await newPortal(system);
      const developers = `/api/portals/${portal}/developers`;
      const body = { username: 'ada', password: PASSWORD };
      const ada = String((await call(system, `POST ${developers}/invites`, { body })).body['developer_id']);
      const change = () =>
        call(system, `PATCH ${developers}/${ada}`, { body: { labels: { text: randomBytes(2000).toString('hex') } } });
      fill(join(path, 'filler'));
      let refused = 0;
      for (let n = 0; n < 1000 && refused < 3; n += 1) {
        const { status, headers } = await change();
        if (status === 200) continue;
        expect([status, headers.get('retry-after')]).toEqual([503, '2']);
        refused += 1;
      }
      expect(refused).toBe(3);
      expect((await call(system, `GET ${developers}/${ada}`)).status).toBe(200);
      rmSync(join(path, 'filler'));
      await until('a change', async () => ((await change()).status === 200 ? true : null));
      await until('the readiness', async () => ((await call(system, 'GET /readyz')).status === 200 ? true : null));
    } finally {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    }
  },
);
