import { startServer } from '@gatehouse/testing/server-process';

export type RedisServer = AsyncDisposable & { url: string };

/** Starts a temporary server that stores nothing on disk. */
export async function startRedisServer(): Promise<RedisServer> {
  const server = await startServer({
    kind: 'redis',
    prepare({ port, directory }) {
      // BullMQ warns about other policies, because a queue must not lose keys.
      const policy = { 'maxmemory-policy': 'noeviction' };
      const options = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no', ...policy };
      const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
      return { program: 'redis-server', args };
    },
  });
  return {
    url: `redis://127.0.0.1:${String(server.port)}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
