import type { IncomingHttpHeaders } from 'node:http';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { UseCaseAccess } from '@gatehouse/core/kernel/use-case';
import type { Request } from 'express';

/** RFC 6750 section 2.1; the scheme's name has no case (RFC 9110 section 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The value cannot be a token, and is answered like a wrong one. */
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
    throw new GatehouseError(
      'malformed_request',
      'Authorization and X-API-KEY contain different tokens. Send only one.',
    );
  }
  return bearer ?? key;
}

/** In the OpenAPI document too. */
export const DEVELOPER_HEADER = 'X-Portal-Developer-ID';

/** Calls that answer visitors too. Anything else would reach the records of every developer if no developer were named. */
const ANSWER_VISITORS: ReadonlySet<string> = new Set(['api_products', 'developers', 'public', 'developer', 'session']);

/**
 * The developer named by `X-Portal-Developer-ID`, or null for none. Front ends made for the compatible API send the
 * header empty for visitors who have not signed in: that names no developer where visitors are answered, and is refused
 * elsewhere.
 */
export function readDeveloperId(req: Pick<Request, 'get'>, access: UseCaseAccess): string | null {
  const developerId = req.get(DEVELOPER_HEADER);
  if (developerId === undefined) return null;
  if (developerId !== '') return developerId;
  if (ANSWER_VISITORS.has(access.replace(/:.*$/, ''))) return null;
  throw new GatehouseError(
    'malformed_request',
    `${DEVELOPER_HEADER} is empty. Send a developer_id or omit the header.`,
  );
}
