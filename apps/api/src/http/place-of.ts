import { isIPv6 } from 'node:net';

/**
 * What counts as one place: an IPv4 address, or a network of 64 bits, which one customer of IPv6 has at least (RFC 6177).
 */
export function placeOf(given: string): string {
  // Some proxies write the port down too, which is another for each connection.
  const [, bare] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(given) ?? /^\[(.+)\](?::\d+)?$/.exec(given) ?? [];
  const address = bare ?? given;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1).join('').split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail ? tail.split(':') : [])];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
