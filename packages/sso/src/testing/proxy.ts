import { listen } from '@gatehouse/testing/listen';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Hostile = AsyncDisposable & {
  port: number;
  /** Everything that clients have sent. */
  sent(): Buffer;
  /** All connections so far, and the open ones. */
  connections: { all: number; open: number };
};

/** Forwards between a client and the server at `target`. Closes the connection after `bytes` from the server. */
export const startProxy = (target: number, bytes = Infinity): Promise<Hostile> =>
  startHostile((client) => {
    const server = connect(target, '127.0.0.1');
    let left = bytes;
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (said: Buffer) => {
      client.write(said.subarray(0, left));
      left -= said.length;
      if (left <= 0) client.destroySoon();
    });
    server.on('error', () => client.destroy());
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });

/** An attacker's server in place of a directory. */
export async function startHostile(meet: (client: Socket) => void, server: Server = createServer()): Promise<Hostile> {
  const [clients, sent, connections] = [new Set<Socket>(), [] as Buffer[], { all: 0, open: 0 }];
  server.on('connection', (client: Socket) => {
    clients.add(client);
    connections.all += 1;
    connections.open += 1;
    client.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => sent.push(chunk));
    client.on('close', () => {
      clients.delete(client);
      connections.open -= 1;
    });
    meet(client);
  });
  const port = await listen(server);
  return {
    port,
    sent: () => Buffer.concat(sent),
    connections,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}
