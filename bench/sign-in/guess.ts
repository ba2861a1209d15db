import { Client } from 'undici';
import { z } from 'zod';

/** A job for the process that guesses, sent over IPC. */
const Guesses = z.strictObject({
  url: z.string(),
  path: z.string(),
  username: z.string(),
  count: z.number(),
  callers: z.number(),
  /** Number of client addresses. */
  places: z.number(),
});
export type Guesses = z.infer<typeof Guesses>;

/** The number of responses by status. */
const Statuses = z.record(z.string(), z.number());
export type Statuses = z.infer<typeof Statuses>;
export const parseStatuses = (message: unknown): Statuses => Statuses.parse(message);

/** Sends wrong passwords, one after the other on each connection. */
async function run({ url, path, username, count, callers, places }: Guesses): Promise<Statuses> {
  const statuses: Statuses = {};
  let left = count;
  const guess = async (client: Client): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { statusCode, body } = await client.request({
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': addressAt(left % places) },
        body: JSON.stringify({ username, password: `wrong ${String(left)}` }),
      });
      await body.dump();
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
    }
    await client.close();
  };
  await Promise.all(Array.from({ length: callers }, () => guess(new Client(url, { pipelining: 1 }))));
  return statuses;
}

/** The n-th address of 10.0.0.0/8. */
export const addressAt = (n: number): string =>
  `10.${String((n >> 16) % 256)}.${String((n >> 8) % 256)}.${String(n % 256)}`;

const usage = 'Started by npm run bench: guesses passwords in a separate process.';

function main(): void {
  if (process.argv.includes('--help')) return void process.stdout.write(`${usage}\n`);
  process.on('message', (message) => void run(Guesses.parse(message)).then((statuses) => process.send?.(statuses)));
  process.on('disconnect', () => process.exit(0));
  process.send?.({});
}

if (import.meta.main) main();
