import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { addressOf, networkOf } from '../http/network-of.ts';
import type { Trust } from '../http/trusted-proxies.ts';

type Requester = { socket: Pick<IncomingMessage['socket'], 'remoteAddress'>; headers: IncomingMessage['headers'] };

/**
 * The network of a gateway's client, from the `X-Forwarded-For` of a gateway that `TRUST_PROXY` names. Null if it is
 * unknown: all clients of an untrusted or silent gateway have the address of the gateway.
 */
export function clientNetwork({ socket, headers }: Requester, trust: Trust): string | null {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  const hops = [socket.remoteAddress ?? '', ...forwarded.map((hop) => hop.trim()).toReversed()];
  const first = hops.findIndex((address, hop) => !trust(address, hop));
  const client = addressOf(hops.at(first) ?? '');
  return first === 0 || isIP(client) === 0 ? null : networkOf(client);
}
