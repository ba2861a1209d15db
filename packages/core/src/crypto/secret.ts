import { createHmac, hash, hkdfSync, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { BASE62 } from '@gatehouse/contract/key-format';

/** Random letters and digits from the operating system's generator; each carries 5.95 bits. */
export function randomBase62(length: number): string {
  return Array.from({ length }, () => BASE62.charAt(randomInt(62))).join('');
}

/** 256 random bits, base64url. */
export const randomSecret = (): string => randomBytes(32).toString('base64url');

/** For secrets that carry at least 112 random bits (OWASP ASVS 6.5.2); hexadecimal. */
export const sha256 = (secret: string): string => hash('sha256', secret, 'hex');

/** A key of its own per purpose, so that what is signed for one can never pass for another (RFC 5869). */
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
