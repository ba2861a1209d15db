import type { IncomingHttpHeaders } from 'node:http';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { UseCaseAccess } from '@gatehouse/core/kernel/use-case';
import type { Request } from 'express';

/** RFC 6750 section 2.1. The name of the scheme is case-insensitive (RFC 9110 section 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** Stands for a value that cannot be a token. It gets the same response as a wrong token. */
export const UNREADABLE_TOKEN = Symbol('unreadable token');

/**
 * The token of `Authorization: Bearer` or `X-API-KEY`, or null. Throws if they differ, because it would be a guess which
 * one counts (RFC 6750 section 2).
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

export const DEVELOPER_HEADER = 'X-Portal-Developer-ID';

/** Calls that also serve visitors. Without a developer, all other calls would reach the records of every developer. */
const ANSWER_VISITORS: ReadonlySet<string> = new Set(['api_products', 'developers', 'public', 'developer', 'session']);

/**
 * The developer in `X-Portal-Developer-ID`, or null. Front ends of the compatible API send an empty header for visitors.
 * It counts as none for calls that serve visitors, and is refused for all others.
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
