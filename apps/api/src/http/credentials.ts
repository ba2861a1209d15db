import type { IncomingHttpHeaders } from 'node:http';
import { GatehouseError } from '@gatehouse/contract/errors';

/** RFC 6750 section 2.1; the scheme's name has no case (RFC 9110 section 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** What was sent is no token at all, which is answered like a wrong one. */
export const UNREADABLE_TOKEN = Symbol('unreadable token');

/**
 * The token of `Authorization: Bearer` or `X-API-KEY`; null where none was sent. Two that differ are refused: which of
 * them counts would be a guess (RFC 6750 section 2).
 */
export function readToken(headers: IncomingHttpHeaders): string | typeof UNREADABLE_TOKEN | null {
  const { authorization, 'x-api-key': apiKey } = headers;
  const bearer = authorization ? (BEARER.exec(authorization)?.[1] ?? UNREADABLE_TOKEN) : null;
  const key = typeof apiKey === 'string' && apiKey !== '' ? apiKey : null;
  if (bearer !== null && key !== null && bearer !== key) {
    throw new GatehouseError('malformed_request', 'Authorization and X-API-KEY name two different tokens: send one.');
  }
  return bearer ?? key;
}
