import { readFileSync } from 'node:fs';
import { Client } from 'undici';
import { z } from 'zod';

/** A job for the process that makes the requests, sent over IPC. */
const Job = z.strictObject({
  url: z.string(),
  /** A JSON array of `Request`s. */
  file: z.string(),
  /**
   * `random`: any request, any number of times. `next`: each request of the file once, continued by later jobs.
   * `shuffled`: `count` requests, each once.
   */
  order: z.enum(['random', 'next', 'shuffled']),
  callers: z.number(),
  /** The job ends after this time or this number of requests. */
  seconds: z.number().optional(),
  count: z.number().optional(),
});
export type Job = z.infer<typeof Job>;

const Request = z.strictObject({
  method: z.enum(['GET', 'POST', 'DELETE']),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
});
export type Request = z.infer<typeof Request>;

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

type File = { requests: Request[]; next: number };
const files = new Map<string, File>();

function open(path: string): File {
  const known = files.get(path);
  if (known) return known;
  const opened = { requests: z.array(Request).parse(JSON.parse(readFileSync(path, 'utf8'))), next: 0 };
  files.set(path, opened);
  return opened;
}

/** Runs one caller per connection. Each sends its next request as soon as it has the response to the previous one. */
async function run({ url, file, order, callers, seconds = Infinity, count = Infinity }: Job): Promise<Load> {
  const durations: number[] = [];
  const statuses: Record<string, number> = {};
  const next = sourceOf(open(file), order, count);
  const clients = Array.from({ length: callers }, () => new Client(url, { pipelining: 1 }));
  const note = (status: number, milliseconds: number): void => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    durations.push(milliseconds);
  };
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const nextInTime = (): Request | undefined => (performance.now() < end ? next() : undefined);
  await Promise.all(clients.map((client) => drive(client, nextInTime, note)));
  const took = (performance.now() - begun) / 1000;
  await Promise.all(clients.map((client) => client.close()));
  const sorted = Float64Array.from(durations).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { requests: sorted.length, seconds: took, p50: at(0.5), p99: at(0.99), max: at(1), statuses };
}

/** The returned function gives the next request, or undefined at the end. */
function sourceOf(file: File, order: Job['order'], count: number): () => Request | undefined {
  const { requests } = file;
  let left = Math.min(count, order === 'random' ? Infinity : requests.length);
  const anyBelow = (end: number): number => Math.floor(Math.random() * end);
  if (order === 'random') return () => (left-- > 0 ? requests[anyBelow(requests.length)] : undefined);
  if (order === 'next') return () => (left-- > 0 ? requests[file.next++] : undefined);
  const unused = [...requests];
  return () => {
    if (left-- <= 0) return undefined;
    // The last request replaces the picked one, so that each request is picked once.
    const last = unused.pop();
    const place = anyBelow(unused.length + 1);
    const picked = unused[place] ?? last;
    if (last && place < unused.length) unused[place] = last;
    return picked;
  };
}

type Note = (status: number, milliseconds: number) => void;

/** Avoids a promise per request, because the load shares the CPU with the server. */
function drive(client: Client, next: () => Request | undefined, note: Note): Promise<void> {
  return new Promise((resolve, reject) => {
    const askAgain = (): void => {
      const request = next();
      if (!request) return resolve();
      const begun = performance.now();
      let status = 0;
      client.dispatch(
        { ...request, body: request.body ?? null },
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
