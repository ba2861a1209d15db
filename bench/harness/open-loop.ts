import { Client } from 'undici';
import { z } from 'zod';
import { spreadOf } from './times.ts';

/** Requests that begin at a fixed rate, whether or not earlier ones were answered. */
const Job = z.strictObject({
  url: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  perSecond: z.number(),
  seconds: z.number(),
});
export type OpenJob = z.infer<typeof Job>;

const Outcome = z.strictObject({
  /** Answers with status 200 within a second. */
  good: z.number(),
  late: z.number(),
  /** Answers with 429 or 503, and the 99th percentile of their times in milliseconds. */
  refused: z.number(),
  refusedP99: z.number(),
  /** Other answers, and requests without one. */
  failed: z.number(),
});
export const parseOutcome = (message: unknown) => Outcome.parse(message);

const IN_TIME = 1000;
const REFUSALS = [429, 503];

type Headers = Record<string, string>;

/**
 * Connections that carry one request at a time. A pool could queue a request behind another one on the same connection,
 * and its time would then count as the server's.
 */
class Connections {
  readonly #url: string;
  readonly #idle: Client[] = [];
  readonly #all: Client[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** Calls `end` with the status, or with 0 without a response. */
  get(path: string, headers: Headers, end: (status: number) => void): void {
    const client = this.#idle.pop() ?? this.#open();
    let status = 0;
    const release = (): void => {
      this.#idle.push(client);
      end(status);
    };
    client.dispatch(
      { method: 'GET', path, headers },
      {
        onRequestStart() {},
        onResponseStart: (_controller, code) => void (status = code),
        onResponseData() {},
        onResponseEnd: release,
        onResponseError: release,
      },
    );
  }

  async warmUp(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const client = this.#open();
      const { body } = await client.request({ method: 'GET', path: '/livez' });
      await body.dump();
    }
    this.#idle.push(...this.#all);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((client) => client.destroy()));
  }

  #open(): Client {
    const client = new Client(this.#url, { pipelining: 1 });
    this.#all.push(client);
    return client;
  }
}

/** Connections that are open before the first request, as behind a proxy. Node accepts one in each turn of its event loop. */
const WARM = 500;

async function run({ url, path, headers, perSecond, seconds }: z.infer<typeof Job>) {
  const connections = new Connections(url);
  await connections.warmUp(WARM);
  const refusals: number[] = [];
  const outcome = { good: 0, late: 0, refused: 0, refusedP99: 0, failed: 0 };
  let open = 0;
  let sent = 0;
  const send = (): void => {
    sent += 1;
    open += 1;
    const begun = performance.now();
    connections.get(path, headers, (status) => {
      open -= 1;
      const took = performance.now() - begun;
      if (status === 200) outcome[took <= IN_TIME ? 'good' : 'late'] += 1;
      else if (REFUSALS.includes(status)) refusals.push(took);
      else outcome.failed += 1;
    });
  };
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - begun) / 1000;
      if (elapsed < seconds) while (sent < elapsed * perSecond) send();
      else if (open === 0 || elapsed > seconds + 10) {
        clearInterval(timer);
        resolve();
      }
    }, 2);
  });
  const refusedP99 = refusals.length > 0 ? spreadOf(refusals).p99 : 0;
  // Closing ends the open requests with an error, which must not count twice.
  const counted = { ...outcome, failed: outcome.failed + open, refused: refusals.length, refusedP99 };
  await connections.close();
  return counted;
}

const usage = 'Started by npm run bench: makes requests at a fixed rate in a separate process.';

if (import.meta.main) {
  if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
  else {
    process.on('message', (message) => void run(Job.parse(message)).then((outcome) => process.send?.(outcome)));
    process.on('disconnect', () => process.exit(0));
    process.send?.({});
  }
}
