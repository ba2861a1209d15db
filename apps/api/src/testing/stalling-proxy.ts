import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';

/** For tests only. Lets through what goes to the database and back, until it stalls: then connections stay open and silent. */
export async function stallingProxy(url: string) {
  const { host, port, user, database: name } = new pg.Client({ connectionString: url });
  const sockets = new Set<Socket>();
  let stalled = false;
  const server = createServer((client) => {
    const upstream = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${String(port)}`) : connect({ host, port });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (stalled || to.write(chunk)));
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address: AddressInfo | string | null = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `postgresql://${String(user)}@127.0.0.1:${String(own)}/${String(name)}`,
    stall: () => void (stalled = true),
    resume: () => void (stalled = false),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
