import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@gatehouse/postgres/connection';
import { startEmbeddedPostgres } from '@gatehouse/embedded-postgres/start';
import { StartError } from '@gatehouse/process/start-error';

/** The database a start works on. */
export interface StartDatabase {
  url: string;
  /** True where an earlier start was killed and left its server, and for a moment perhaps its api, behind. */
  adopted: boolean;
  /** Resolves with a line for the user when the database goes away by itself. */
  lost: Promise<string>;
  close: () => Promise<void>;
}

/** Milliseconds in which the session of a killed start ends, and its lock with it. */
const lockPatience = 2000;

/** Somebody else's server: neither started nor watched nor stopped here. */
export function externalDatabase(url: string): StartDatabase {
  return { url, adopted: false, lost: new Promise(() => undefined), close: () => Promise.resolve() };
}

/** Throws StartError where another start runs on the directory. */
export async function openEmbeddedDatabase(dataDir: string, log: (line: string) => void): Promise<StartDatabase> {
  const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log });
  const session = new Connection({ databaseUrl: server.url, name: 'gatehouse-start', limits: null });
  let closing = false;
  const lost = new Promise<string>((resolve) => {
    session.once('end', () => {
      if (!closing) resolve('PostgreSQL stopped unexpectedly.');
    });
  });
  // The session ends after its error, and that is what is waited for.
  session.on('error', () => undefined);
  await session.connect();
  if (!(await takeLock(session))) {
    closing = true;
    await session.end();
    const where = relative('.', dataDir) || dataDir;
    throw new StartError(
      `Gatehouse already runs on ${where}. Stop it first, or set GATEHOUSE_DATA_DIR and PORT to others.`,
    );
  }
  const close = async () => {
    closing = true;
    await session.end();
    await server.stop();
  };
  return { url: server.url, adopted: server.adopted, lost, close };
}

/** A lock of the session: however this process ends, it is released. */
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
