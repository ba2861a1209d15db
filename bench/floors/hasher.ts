import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

const Job = z.strictObject({ seconds: z.number(), atOnce: z.number() });
export type HashJob = z.infer<typeof Job>;

const derive = promisify(argon2);
/** The cost of packages/core/src/crypto/password.ts. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

/** The floor B of invitations: argon2id alone. Returns hashes a second. */
async function hash({ seconds, atOnce }: HashJob): Promise<{ perSecond: number }> {
  let count = 0;
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      await derive('argon2id', { message: 'a password', nonce: randomBytes(16), ...COST });
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { perSecond: count / ((performance.now() - begun) / 1000) };
}

const usage = 'Started by npm run bench: hashes passwords with argon2id alone.';

if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`);
else {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message) => void hash(Job.parse(message)).then((rate) => process.send?.(rate)));
  process.send?.({});
}
