import { base62, checksumOf } from '@gatehouse/contract/key-format';
import { sha256 } from '@gatehouse/core/crypto/secret';

/** The owner of the n-th key, derived from n, so that every process of a run knows it. */
export type Holder = {
  developerUid: string;
  developerId: string;
  applicationId: string;
  credentialId: string;
  subscriptionId: string;
};

const uuid = (kind: number, n: number): string =>
  `01930000-0000-7000-800${String(kind)}-${n.toString(16).padStart(12, '0')}`;

export const holderAt = (n: number): Holder => ({
  developerUid: uuid(0, n),
  developerId: `developer-${String(n)}`,
  applicationId: uuid(1, n),
  credentialId: uuid(2, n),
  subscriptionId: uuid(3, n),
});

/** The n-th key, in the real format. */
export function keyAt(n: number): string {
  const body = `gtk_${base62(BigInt(`0x${sha256(`gatehouse bench ${String(n)}`)}`), 43)}`;
  return body + checksumOf(body);
}
