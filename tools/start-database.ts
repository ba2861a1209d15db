import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@gatehouse/postgres/connection';
import { startEmbeddedPostgres } from '@gatehouse/embedded-postgres/start';
import { StartError } from '@gatehouse/process/start-error';

/** The database of a start. */
export interface StartDatabase {
  url: string;
  /** True if an earlier start was killed and left its server running, and possibly its api for a moment. */
  adopted: boolean;
  /** Resolves with a line for the user when the database stops unexpectedly. */
  lost: Promise<string>;
  close: () => Promise<void>;
}

/** Milliseconds in which PostgreSQL ends the session of a killed start and releases its lock. */
const lockPatience = 2000;

/** A server of the operator, which is not started, watched or stopped here. */
export function externalDatabase(url: string): StartDatabase {
  return { url, adopted: false, lost: new Promise(() => undefined), close: () => Promise.resolve() };
}

/** Throws StartError if another start uses the directory. */
export async function openEmbeddedDatabase(dataDir: string, log: (line: string) => void): Promise<StartDatabase> {
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log });
  const session = new Connection({ databaseUrl: server.url, name: 'gatehouse-start', limits: null });
  let closing = false;
  const lost = new Promise<string>((resolve) => {
    session.once('end', () => {
      if (!closing) resolve('PostgreSQL stopped unexpectedly.');
    });
  });
  // Every error is followed by `end`, which is handled above.
  session.on('error', () => undefined);
  await session.connect();
  if (!(await takeLock(session))) {
    closing = true;
    await session.end();
    const where = relative('.', dataDir) || dataDir;
    throw new StartError(
      `Gatehouse already runs on ${where}. Stop it first, or set GATEHOUSE_DATA_DIR and PORT to other values.`,
    );
  }
  const close = async () => {
    closing = true;
    await session.end();
    await server.stop();
  };
  return { url: server.url, adopted: server.adopted, lost, close };
}

/** Takes a session lock, because PostgreSQL releases it even if this process is killed. */
async function takeLock(session: Connection): Promise<boolean> {
  const deadline = performance.now() + lockPatience;
  for (;;) {
    const { rows } = await session.query<{ taken: boolean }>(
      `select pg_try_advisory_lock(hashtext('gatehouse:start')) as taken`,
    );
    if (rows[0]?.taken) return true;
    if (performance.now() > deadline) return false;
    await delay(100);
  }
}
