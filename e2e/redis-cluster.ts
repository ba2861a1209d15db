import { freePort, startServer } from '@gatehouse/testing/server-process';
import { Redis } from 'ioredis';
import { until } from './api.ts';

export type RedisCluster = AsyncDisposable & {
  /** Names one node. */
  url: string;
  /** The keys of each node. */
  keys(): Promise<string[][]>;
};

/** The slots of each node. */
const RANGES = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383],
] as const;

/** Starts a Redis Cluster of three nodes that store nothing on disk. */
export async function startRedisCluster(): Promise<RedisCluster> {
  await using started = new AsyncDisposableStack();
  const nodes: { port: number; client: Redis }[] = [];
  for (const range of RANGES) {
    const busPort = await freePort();
    const server = started.use(
      await startServer({
        kind: 'redis-cluster',
        prepare({ port, directory }) {
          const options = { port, bind: '127.0.0.1', dir: directory, save: '', 'maxmemory-policy': 'noeviction' };
          const cluster = { 'cluster-enabled': 'yes', 'cluster-port': busPort };
          const args = Object.entries({ ...options, ...cluster }).flatMap(([key, value]) => [`--${key}`, `${value}`]);
          return { program: 'redis-server', args };
        },
      }),
    );
    const client = new Redis(server.port, '127.0.0.1');
    started.defer(() => client.disconnect());
    await client.cluster('ADDSLOTSRANGE', ...range);
    const [first] = nodes;
    if (first) await first.client.call('CLUSTER', 'MEET', '127.0.0.1', String(server.port), String(busPort));
    nodes.push({ port: server.port, client });
  }
  await until('the cluster', async () => {
    const states = await Promise.all(nodes.map(({ client }) => client.cluster('INFO')));
    return states.every((state) => state.includes('cluster_state:ok')) || null;
  });
  const held = started.move();
  return {
    url: `redis+cluster://127.0.0.1:${String(nodes[0]?.port)}`,
    keys: () => Promise.all(nodes.map(({ client }) => client.keys('*'))),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
