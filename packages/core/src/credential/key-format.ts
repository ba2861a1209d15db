import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BASE62 } from '../secret.ts';

const PREFIX = 'gtk_';
/** 62^43 is the first power of 62 above 2^256, 62^6 the first above 2^32: both parts have one length always. */
const BODY = 43;
const CHECKSUM = 6;

/** What a scanner for leaked secrets looks for; the checksum then tells a key from what only looks like one. */
const KEY_FORMAT = /^gtk_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** A new API key: `gtk_`, 256 random bits in base62, and the CRC-32 of both in base62. */
export function newKey(): string {
  const body = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), BODY);
  return PREFIX + body + checksumOf(body);
}

/** The parts of what has the form of a key; null for anything else. */
export function parseKey(text: string): { body: string; checksum: string } | null {
  const [, body, checksum] = KEY_FORMAT.exec(text) ?? [];
  return body === undefined || checksum === undefined ? null : { body, checksum };
}

/** Whether this is a key of ours, as far as can be told offline: of other texts in its form one in 62^6 passes. */
export function hasValidChecksum(text: string): boolean {
  const parts = parseKey(text);
  return parts !== null && parts.checksum === checksumOf(parts.body);
}

const checksumOf = (body: string): string => base62(BigInt(crc32(PREFIX + body)), CHECKSUM);

/** The number in base 62, most significant digit first, filled up with zeros. */
function base62(value: bigint, length: number): string {
  const digits = Array.from({ length }, (_, place) => BASE62.charAt(Number((value / 62n ** BigInt(place)) % 62n)));
  return digits.toReversed().join('');
}
