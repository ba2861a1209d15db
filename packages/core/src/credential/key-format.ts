import { randomBytes } from 'node:crypto';
import { base62, checksumOf } from '@gatehouse/contract/key-format';
import { sha256 } from '../crypto/secret.ts';

/** 62^43 is the first power of 62 above 2^256, so every body has the same length. */
const BODY_LENGTH = 43;
/** Characters of the body that are stored to tell keys apart. The others still carry more than 200 bits. */
const VISIBLE = 8;

/**
 * A new API key with its stored parts. The key is `gtk_`, the portal's own prefix and `_` if it has one, 256 random bits
 * in base62, and the CRC-32 of all that in base62.
 */
export function newKey(portalPrefix: string | null): { key: string; prefix: string; hash: string } {
  const product = portalPrefix === null ? 'gtk_' : `gtk_${portalPrefix}_`;
  const body = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), BODY_LENGTH);
  const key = product + body + checksumOf(product + body);
  return { key, prefix: key.slice(0, product.length + VISIBLE), hash: sha256(key) };
}
