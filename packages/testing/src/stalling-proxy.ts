import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { listen } from './listen.ts';

export type StallingProxy = AsyncDisposable & {
  port: number;
  /** The connection string of the database through the proxy. */
  url: string;
  /** Keeps all connections open and passes nothing on, until `resume`. */
  stall(): void;
  resume(): void;
  /** Keeps the present connections open and passes nothing on. Later connections work. */
  silence(): void;
  /** Ends all connections. */
  cut(): void;
  /** How often a client has sent something after it had received something. Of one connection: its round trips. */
  roundTrips(): number;
};

/** A proxy in front of a database, whose connections can fall silent. */
export async function startStallingProxy(databaseUrl: string): Promise<StallingProxy> {
  const { host, port, user, database } = new pg.Client({ connectionString: databaseUrl });
  const sockets = new Set<Socket>();
  let isStalled = false;
  let roundTrips = 0;
  let lastFrom: Socket | undefined;
  let silenced = new WeakSet<Socket>();
  const server = createServer((client) => {
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${String(port)}`) : connect({ host, port });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (from === client && lastFrom !== client) roundTrips += 1;
        lastFrom = from;
        if (!isStalled && !silenced.has(from)) to.write(chunk);
      });
      from.on('close', () => void (silenced.has(from) || to.destroy()));
      from.on('error', () => from.destroy());
    }
  });
  const own = await listen(server);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: own,
    url: `postgresql://${String(user)}@127.0.0.1:${String(own)}/${String(database)}`,
    stall: () => void (isStalled = true),
    resume: () => void (isStalled = false),
    silence: () => void (silenced = new WeakSet(sockets)),
    cut,
    roundTrips: () => roundTrips,
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
