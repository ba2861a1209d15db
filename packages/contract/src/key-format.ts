/** The digits of base 62, in the order of their values. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The prefix that a portal can set for its keys, after `gtk_`. */
export const KEY_PREFIX = /^[a-z][a-z0-9]{0,15}$/;

/** The pattern for scanners of leaked secrets. The checksum then excludes texts that only look like a key. */
export const KEY_FORMAT = /^gtk_(?:[a-z][a-z0-9]{0,15}_)?[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/;

/** 62^6 is the first power of 62 above 2^32, so the checksum always has the same length. */
const CHECKSUM_LENGTH = 6;

/**
 * Checks offline whether this can be a Gatehouse key. Of other texts in this form, one in 62^6 passes. Uses only the
 * language itself, because it also runs in browsers.
 */
export function hasValidChecksum(text: string): boolean {
  return KEY_FORMAT.test(text) && text.slice(-CHECKSUM_LENGTH) === checksumOf(text.slice(0, -CHECKSUM_LENGTH));
}

/** The CRC-32 of the key up to the checksum, in base 62. */
export const checksumOf = (text: string): string => base62(BigInt(crc32(text)), CHECKSUM_LENGTH);

/** The number in base 62, most significant digit first, padded with zeros. */
export function base62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; digits.length < length; rest /= 62n) digits = BASE62.charAt(Number(rest % 62n)) + digits;
  return digits;
}

/** Lookup table: the effect of each byte on the CRC. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** The CRC-32 of gzip (RFC 1952, section 8), for ASCII text. */
function crc32(text: string): number {
  let crc = ~0;
  for (let at = 0; at < text.length; at += 1) crc = (crc >>> 8) ^ (CRC[(crc ^ text.charCodeAt(at)) & 0xff] ?? 0);
  return ~crc >>> 0;
}
