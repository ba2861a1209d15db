import { Connection } from './connection.ts';
import { CALL_LIMITS } from './limits.ts';

export const NEEDS_DIRECT_URL =
  'DATABASE_URL leads through a pooler that shares its connections between transactions. Set DATABASE_DIRECT_URL to the URL of PostgreSQL itself.';

/** A busy pooler may hand out different connections by chance. */
const ATTEMPTS = 5;

/**
 * True if statements of one client run on changing connections, as with PgBouncer in transaction mode. `listen` does
 * not work there. False if the database is unreachable.
 */
export async function sharesConnections(databaseUrl: string): Promise<boolean> {
  const open = () => new Connection({ databaseUrl, name: 'gatehouse-start', limits: CALL_LIMITS });
  const clients = [open(), open()];
  try {
    const [one, other] = await Promise.all(clients.map((client) => client.connect()));
    if (!one || !other) return false;
    const own = await backendOf(one);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if ((await backendOf(other)) === own || (await backendOf(one)) !== own) return true;
    }
    return false;
  } catch {
    return false;
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function backendOf(client: Pick<Connection, 'query'>): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}
