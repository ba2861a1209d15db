import { isIP } from 'node:net';

/** Addresses that mean "on every interface", and what reaches this machine by them. */
const EVERYWHERE: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The address under which a listener on this host and port is reached from this machine. */
export function addressOf(host: string, port: number): string {
  const reached = EVERYWHERE[host] ?? host;
  return `http://${isIP(reached) === 6 ? `[${reached}]` : reached}:${String(port)}`;
}

/** What a browser must put before every path of the service: the path of `PUBLIC_URL`, which a proxy strips. */
export const prefixOf = (publicUrl: string): string => new URL(publicUrl).pathname.replace(/\/+$/, '');
