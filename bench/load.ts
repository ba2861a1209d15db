import { readFileSync } from 'node:fs';
import { Client } from 'undici';
import { z } from 'zod';

/** A job for the process that makes the requests, sent over IPC. */
const Job = z.strictObject({
  url: z.string(),
  path: z.string(),
  /** One key per line; the first `known` keys belong to a developer. */
  keysFile: z.string(),
  known: z.number(),
  connections: z.number(),
  /** Either random keys for some seconds, with a share (0 to 1) of unknown ones; or a number of known keys, each once. */
  ask: z.union([
    z.strictObject({ seconds: z.number(), unknown: z.number() }),
    z.strictObject({ distinct: z.number() }),
  ]),
});
export type Job = z.infer<typeof Job>;

const Load = z.strictObject({
  requests: z.number(),
  seconds: z.number(),
  /** Percentiles and maximum are in milliseconds. */
  p50: z.number(),
  p99: z.number(),
  max: z.number(),
  /** The number of responses by status. */
  statuses: z.record(z.string(), z.number()),
});
export type Load = z.infer<typeof Load>;
export const parseLoad = (message: unknown): Load => Load.parse(message);

const HEADER = 'apikey';

let keys: { file: string; lines: string[] } = { file: '', lines: [] };
function keysIn(file: string): string[] {
  if (keys.file !== file) keys = { file, lines: readFileSync(file, 'utf8').split('\n') };
  return keys.lines;
}

/** Runs one caller per connection. Each sends its next request as soon as it has the response to the previous one. */
async function run({ url, path, connections, ...job }: Job): Promise<Load> {
  const durations: number[] = [];
  const statuses: Record<string, number> = {};
  const next = keySource(job);
  const clients = Array.from({ length: connections }, () => new Client(url, { pipelining: 1 }));
  const begun = performance.now();
  await Promise.all(
    clients.map((client) =>
      drive({ client, path, next }, (status, milliseconds) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
        durations.push(milliseconds);
      }),
    ),
  );
  const seconds = (performance.now() - begun) / 1000;
  await Promise.all(clients.map((client) => client.close()));
  const sorted = Float64Array.from(durations).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { requests: sorted.length, seconds, p50: at(0.5), p99: at(0.99), max: at(1), statuses };
}

/** The returned function gives the next key, or null at the end. */
function keySource({ keysFile, known, ask }: Pick<Job, 'keysFile' | 'known' | 'ask'>): () => string | null {
  const lines = keysIn(keysFile);
  const anyOf = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from));
  if ('seconds' in ask) {
    const end = performance.now() + ask.seconds * 1000;
    const pick = (): number => (Math.random() < ask.unknown ? anyOf(known, lines.length) : anyOf(0, known));
    return () => (performance.now() < end ? (lines[pick()] ?? '') : null);
  }
  const left = lines.slice(0, known);
  const last = known - ask.distinct;
  return () => {
    if (left.length <= last) return null;
    // The last key replaces the picked one, so that each key is picked once.
    const place = anyOf(0, left.length);
    const [key = ''] = left.splice(place, 1, left.at(-1) ?? '');
    left.pop();
    return key;
  };
}

type Caller = { client: Client; path: string; next: () => string | null };

/** Avoids a promise per request, because the load shares the CPU with the server. */
function drive({ client, path, next }: Caller, note: (status: number, milliseconds: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const askAgain = (): void => {
      const key = next();
      if (key === null) return resolve();
      const begun = performance.now();
      let status = 0;
      client.dispatch(
        { path, method: 'GET', headers: [HEADER, key] },
        {
          onRequestStart() {},
          onResponseStart(_controller, code) {
            status = code;
          },
          onResponseData() {},
          onResponseEnd() {
            note(status, performance.now() - begun);
            askAgain();
          },
          onResponseError: (_controller, error) => reject(error),
        },
      );
    };
    askAgain();
  });
}

const usage = 'Started by npm run bench: makes the requests in a separate process.';

function main(): void {
  if (process.argv.includes('--help')) return void process.stdout.write(`${usage}\n`);
  // An error ends this process, and therefore the run.
  process.on('message', (message) => void run(Job.parse(message)).then((load) => process.send?.(load)));
  process.on('disconnect', () => process.exit(0));
  process.send?.({});
}

if (import.meta.main) main();
