import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '@gatehouse/embedded-postgres/start';
import { readPostmaster, stopPostmaster } from '@gatehouse/embedded-postgres/postmaster';
import { migrate } from '@gatehouse/db/migrate';
import { runStatement } from '@gatehouse/testing/database';
import { createScratchDirectory, removeAbandoned } from '@gatehouse/testing/scratch-directory';

/** The data is deleted after the run, so it does not need to reach the disk. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  autovacuum: 'off',
};

/** Starts one temporary PostgreSQL for the whole run, and applies the migrations once, to a template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned('postgres', stopAbandoned);
  const dataDir = createScratchDirectory('postgres');
  const server = await startEmbeddedPostgres({ dataDir, settings });
  const teardown = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const serverUrl = server.url.replace(/[^/]+$/, 'postgres');
    await migrate({ databaseUrl: server.url });
    // PostgreSQL can clone only a database without connections.
    await runStatement(serverUrl, 'alter database gatehouse with allow_connections false is_template true');
    project.provide('databaseServerUrl', serverUrl);
    project.provide('databaseTemplate', 'gatehouse');
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}

async function stopAbandoned(dataDir: string): Promise<void> {
  const cluster = join(dataDir, 'pg18');
  const postmaster = readPostmaster(cluster);
  if (postmaster) await stopPostmaster(cluster, postmaster.pid);
}
