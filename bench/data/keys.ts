import { base62, checksumOf } from '@gatehouse/contract/key-format';
import { sha256 } from '@gatehouse/core/crypto/secret';

/** The number of keys of a data set that its clients know. The other keys are hashes without a key. */
export const knownKeys = (developers: number): number => Math.min(100_000, developers / 2);

/** The n-th key, in the real format. */
export function keyAt(n: number): string {
  const body = `gtk_${base62(BigInt(`0x${sha256(`gatehouse bench ${String(n)}`)}`), 43)}`;
  return body + checksumOf(body);
}
