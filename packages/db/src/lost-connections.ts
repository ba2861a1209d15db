import type pg from 'pg';

/**
 * Gives the pool back the connections that the server dropped in the middle of a transaction. Kysely releases one only
 * after a commit or rollback that succeeded, which on a dead connection none does: the pool would fill with the dead,
 * and a process that has lost its database often enough would wait for ever for a connection that works.
 */
export function releaseLostConnections(pool: pg.Pool): void {
  pool.on('connect', (client) => {
    client.on('end', () => {
      const { release } = client;
      // Whoever still holds it may release it again.
      client.release = () => undefined;
      try {
        release.call(client, true);
      } catch {
        // It was released already.
      }
    });
  });
}
