import { isIP } from 'node:net';

/** Addresses that listen on every interface, and the loopback address to reach each of them from this machine. */
const EVERYWHERE: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The URL that reaches this listener from the same machine. */
export function addressOf(host: string, port: number): string {
  const reached = EVERYWHERE[host] ?? host;
  return `http://${isIP(reached) === 6 ? `[${reached}]` : reached}:${String(port)}`;
}

/** The path of `PUBLIC_URL`, which a proxy strips. Links must put it before every path of the service. */
export const prefixOf = (publicUrl: string): string => new URL(publicUrl).pathname.replace(/\/+$/, '');
