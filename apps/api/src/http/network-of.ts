import { isIPv6 } from 'node:net';

/** The address without port or zone, which proxies write in several ways. Other text is returned as it is. */
export function addressOf(given: string): string {
  // Some proxies add the port, which differs for each connection.
  const [, bare] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(given) ?? /^\[(.+)\](?::\d+)?$/.exec(given) ?? [];
  const address = bare ?? given;
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address) ?? [];
  if (high !== undefined && low !== undefined) return [...bytesOf(high), ...bytesOf(low)].join('.');
  // A zone (fe80::1%eth0) has a meaning only on one machine.
  return isIPv6(address) ? address.split('%', 1).join('') : address;
}

const bytesOf = (group: string): number[] => {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
};

/**
 * The network that limits count by: an IPv4 address, or 64 bits of an IPv6 address, the smallest assignment to a customer
 * (RFC 6177).
 */
export function networkOf(given: string): string {
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
