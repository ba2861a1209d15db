import { GatehouseError } from '@gatehouse/contract/errors';
import express, { type Request, type Response } from 'express';
import { currentRequest } from './current-request.ts';

/** The most bytes of a decompressed body, with a valid token and without one. */
const KNOWN_LIMIT = 512 * 1024;
export const ANONYMOUS_LIMIT = 16 * 1024;

export const bodyLimit = (): number => (currentRequest().actor.kind === 'anonymous' ? ANONYMOUS_LIMIT : KNOWN_LIMIT);

const readBytes = new Map(
  [KNOWN_LIMIT, ANONYMOUS_LIMIT].map((limit) => [limit, express.raw({ limit, type: () => true })]),
);

/**
 * The body as text, empty if none was sent. Throws the errors of body-parser, and `malformed_request` for invalid UTF-8:
 * a lenient decoder would make different passwords equal.
 */
export async function readText(req: Request, res: Response, limit: number = bodyLimit()): Promise<string> {
  const read = readBytes.get(limit) ?? express.raw({ limit, type: () => true });
  await new Promise<void>((resolve, reject) => {
    read(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(tooLarge(error, limit))));
  });
  const body: unknown = req.body;
  return body instanceof Buffer ? decodeText(body) : '';
}

/** Throws `malformed_request` for invalid UTF-8. */
function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new GatehouseError('malformed_request', 'The body is not valid UTF-8.', { cause });
  }
}

/** body-parser marks its errors with the status they mean. */
function tooLarge(error: unknown, limit: number): unknown {
  const isTooLarge = error instanceof Error && 'status' in error && error.status === 413;
  if (!isTooLarge) return error;
  const most = `${String(limit / 1024)} KiB`;
  const hint = limit === ANONYMOUS_LIMIT ? ' without a token' : '';
  return new GatehouseError('body_too_large', `The body must not exceed ${most}${hint}.`, { cause: error });
}
