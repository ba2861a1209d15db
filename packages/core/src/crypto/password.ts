import { randomBytes, timingSafeEqual } from 'node:crypto';
import { GatehouseError } from '@gatehouse/contract/errors';
import { hashRaw, type Options } from '@node-rs/argon2';
import { HashLane } from './hash-lane.ts';

/** OWASP Password Storage Cheat Sheet: argon2id, m = 19 MiB, t = 2, p = 1. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The library exports its `Algorithm` as a type only. */
const ARGON2ID = 2;

const newPasswords = new HashLane();

/** Argon2id. The library takes less than half of the CPU time of `crypto.argon2` for the same hash. */
const derive = (message: string, cost: Options): Promise<Buffer> => hashRaw(message, { ...cost, algorithm: ARGON2ID });

const PHC = /^\$argon2id\$v=19\$([a-z0-9=,]+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Hashes a password to a PHC string. Throws `overloaded` if `queue` hashes are waiting, so that a flood is refused while
 * refusing is cheap.
 */
export async function hashPassword(password: string, { queue }: { queue: number }): Promise<string> {
  if (newPasswords.waiting >= queue) {
    throw new GatehouseError('overloaded', 'Too many passwords are being set. Retry shortly.', {
      retryAfterSeconds: 2,
    });
  }
  const salt = randomBytes(16);
  const message = normalized(password);
  const tag = await newPasswords.run(() => derive(message, { ...COST, salt, outputLen: 32 }));
  return `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${base64(salt)}$${base64(tag)}`;
}

/**
 * NIST SP 800-63B-4, 3.1.1.2: Unicode passwords are normalized before they are hashed, since the same keys produce
 * different bytes on different devices.
 */
const normalized = (password: string): string => password.normalize('NFC');

/**
 * False for a wrong password and for a hash that is not an argon2id PHC string. Older hashes were made from the password
 * before normalization, so a password that is not in NFC is tried in both forms.
 */
export async function verifyPassword(phc: string, password: string, lane: HashLane = newPasswords): Promise<boolean> {
  const [, parameters = '', salt = '', tag = ''] = PHC.exec(phc) ?? [];
  const expected = Buffer.from(tag, 'base64');
  const cost = new Map(parameters.split(',').map((pair) => [pair.charAt(0), Number(pair.slice(2))]));
  const [memoryCost, timeCost, parallelism] = [cost.get('m'), cost.get('t'), cost.get('p')];
  if (!memoryCost || !timeCost || !parallelism || expected.length === 0) return false;
  for (const message of new Set([normalized(password), password])) {
    const given = await lane.run(() =>
      derive(message, {
        memoryCost,
        timeCost,
        parallelism,
        salt: Buffer.from(salt, 'base64'),
        outputLen: expected.length,
      }),
    );
    if (timingSafeEqual(expected, given)) return true;
  }
  return false;
}

/** A dummy hash, so that an unknown username costs the same as a known one with a wrong password. */
export const DUMMY_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$c2FsdC1vZi1ub2JvZHkhIQ$MhKmCSDjRdHMLfoqvVzGXAbcVbQQlXy2J4tW5TnYlOs';

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
