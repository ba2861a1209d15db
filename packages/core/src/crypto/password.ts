import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { GatehouseError } from '@gatehouse/contract/errors';
import { HashLane } from './hash-lane.ts';

/** OWASP Password Storage Cheat Sheet: argon2id, m = 19 MiB, t = 2, p = 1. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };

const derive = promisify(argon2);
const newPasswords = new HashLane();

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
  const tag = await newPasswords.run(() => derive('argon2id', { message, nonce: salt, tagLength: 32, ...COST }));
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(salt)}$${base64(tag)}`;
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
  const [memory, passes, parallelism] = [cost.get('m'), cost.get('t'), cost.get('p')];
  if (!memory || !passes || !parallelism || expected.length === 0) return false;
  const nonce = Buffer.from(salt, 'base64');
  for (const message of new Set([normalized(password), password])) {
    const given = await lane.run(() =>
      derive('argon2id', { message, nonce, tagLength: expected.length, memory, passes, parallelism }),
    );
    if (timingSafeEqual(expected, given)) return true;
  }
  return false;
}

/** A dummy hash, so that an unknown username costs the same as a known one with a wrong password. */
export const DUMMY_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$c2FsdC1vZi1ub2JvZHkhIQ$MhKmCSDjRdHMLfoqvVzGXAbcVbQQlXy2J4tW5TnYlOs';

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
