import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { addressOf, placeOf } from '../http/place-of.ts';
import type { Trust } from '../http/trusted-proxies.ts';

type Asker = { socket: Pick<IncomingMessage['socket'], 'remoteAddress'>; headers: IncomingMessage['headers'] };

/**
 * Where the client of a gateway calls from, by the `X-Forwarded-For` of a gateway that `TRUST_PROXY` names. Null where
 * that is unknown: all clients of a gateway that is not trusted, or says nothing, have the address of the gateway.
 */
export function clientPlace({ socket, headers }: Asker, trust: Trust): string | null {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  const hops = [socket.remoteAddress ?? '', ...forwarded.map((hop) => hop.trim()).toReversed()];
  const first = hops.findIndex((address, hop) => !trust(address, hop));
  const client = addressOf(hops.at(first) ?? '');
  return first === 0 || isIP(client) === 0 ? null : placeOf(client);
}
