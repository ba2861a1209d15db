import { connect, createServer, type Socket } from 'node:net';

/** A proxy that can silence connections: they stay open, but transfer no more data. */
export type SilentProxy = AsyncDisposable & {
  port: number;
  /** Silences all present connections; later ones work. */
  silence(): void;
};

export async function startSilentProxy(target: number): Promise<SilentProxy> {
  const sockets = new Set<Socket>();
  let isSilent = new WeakSet<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (isSilent.has(from) || to.write(chunk)));
      from.on('close', () => void (isSilent.has(from) || to.destroy()));
      from.on('error', () => from.destroy());
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    silence() {
      isSilent = new WeakSet(sockets);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
