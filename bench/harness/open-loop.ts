import { Pool } from 'undici';
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

async function run({ url, path, headers, perSecond, seconds }: z.infer<typeof Job>) {
  const pool = new Pool(url, { connections: null, pipelining: 1 });
  const refusals: number[] = [];
  const outcome = { good: 0, late: 0, refused: 0, refusedP99: 0, failed: 0 };
  let open = 0;
  let sent = 0;
  const send = (): void => {
    sent += 1;
    open += 1;
    const begun = performance.now();
    let status = 0;
    const end = (): void => {
      open -= 1;
      const took = performance.now() - begun;
      if (status === 200) outcome[took <= IN_TIME ? 'good' : 'late'] += 1;
      else if (REFUSALS.includes(status)) refusals.push(took);
      else outcome.failed += 1;
    };
    pool.dispatch(
      { method: 'GET', path, headers },
      {
        onRequestStart() {},
        onResponseStart: (_controller, code) => void (status = code),
        onResponseData() {},
        onResponseEnd: end,
        onResponseError: end,
      },
    );
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
  outcome.failed += open;
  await pool.destroy();
  return { ...outcome, refused: refusals.length, refusedP99: refusals.length > 0 ? spreadOf(refusals).p99 : 0 };
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
