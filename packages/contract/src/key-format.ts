/** The digits of base 62, in the order of their values. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What a portal may put into the keys of its developers, behind `gtk_`. */
export const KEY_PREFIX = /^[a-z][a-z0-9]{0,15}$/;

/** What a scanner for leaked secrets looks for; the checksum then tells a key from what only looks like one. */
export const KEY_FORMAT = /^gtk_(?:[a-z][a-z0-9]{0,15}_)?[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/;

/** 62^6 is the first power of 62 above 2^32, so the checksum has one length always. */
const CHECKSUM_LENGTH = 6;

/**
 * Whether this is a key of ours, as far as can be told offline: of other texts in its form one in 62^6 passes. Needs
 * nothing but the language, for it runs in browsers too.
 */
export function hasValidChecksum(text: string): boolean {
  return KEY_FORMAT.test(text) && text.slice(-CHECKSUM_LENGTH) === checksumOf(text.slice(0, -CHECKSUM_LENGTH));
}

/** The CRC-32 of all that stands before it in the key, in base62. */
export const checksumOf = (text: string): string => base62(BigInt(crc32(text)), CHECKSUM_LENGTH);

/** The number in base 62, most significant digit first, filled up with zeros. */
export function base62(value: bigint, length: number): string {
  let digits = '';
  for (let rest = value; digits.length < length; rest /= 62n) digits = BASE62.charAt(Number(rest % 62n)) + digits;
  return digits;
}

/** What each byte does to the sum. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** As in gzip (RFC 1952 section 8), of ASCII. */
function crc32(text: string): number {
  let crc = ~0;
  for (let at = 0; at < text.length; at += 1) crc = (crc >>> 8) ^ (CRC[(crc ^ text.charCodeAt(at)) & 0xff] ?? 0);
  return ~crc >>> 0;
}
