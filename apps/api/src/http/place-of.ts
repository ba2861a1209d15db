import { isIPv6 } from 'node:net';

/** An address by itself, as proxies write it in many ways; whatever is none is left as it is. */
export function addressOf(given: string): string {
  // Some proxies write the port down too, which is another for each connection.
  const [, bare] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(given) ?? /^\[(.+)\](?::\d+)?$/.exec(given) ?? [];
  const address = bare ?? given;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address) ?? [];
  if (high !== undefined && low !== undefined) return [...bytesOf(high), ...bytesOf(low)].join('.');
  // A zone (fe80::1%eth0) means something on one machine only.
  return isIPv6(address) ? address.split('%', 1).join('') : address;
}

const bytesOf = (group: string): number[] => {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
};

/**
 * What counts as one place: an IPv4 address, or a network of 64 bits, which one customer of IPv6 has at least (RFC 6177).
 */
export function placeOf(given: string): string {
  const address = addressOf(given);
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ? tail.split(':') : [])];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
