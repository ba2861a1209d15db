import { createHmac, hash, hkdfSync, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { BASE62 } from '@gatehouse/contract/key-format';

/** Letters and digits from the operating system's random generator, with 5.95 bits each. */
export function randomBase62(length: number): string {
  return Array.from({ length }, () => BASE62.charAt(randomInt(62))).join('');
}

/** 256 random bits, base64url. */
export const randomSecret = (): string => randomBytes(32).toString('base64url');

/** In hexadecimal. Only for secrets with at least 112 random bits, which need no slow hash (OWASP ASVS 6.5.2). */
export const sha256 = (secret: string): string => hash('sha256', secret, 'hex');

/** Derives a key per purpose, so that a signature for one purpose is invalid for every other (RFC 5869). */
export const deriveKey = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));

export type Signer = { sign(payload: string): string; verify(payload: string, signature: string): boolean };

export function signer(secret: string, purpose: string): Signer {
  const key = deriveKey(secret, purpose);
  const mac = (payload: string): Buffer => createHmac('sha256', key).update(payload).digest();
  return {
    sign: (payload) => mac(payload).toString('base64url'),
    verify(payload, signature) {
      const given = Buffer.from(signature, 'base64url');
      const expected = mac(payload);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
