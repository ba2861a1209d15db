import { MIMEType } from 'node:util';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { Request, Response } from 'express';
import { hasBody } from '../http/has-body.ts';
import { readText } from '../http/read-text.ts';

/**
 * Returns the parsed body, or `absent` without a body. Throws `unsupported_media_type` and the errors of body-parser.
 */
export async function readBody(req: Request, res: Response, absent: unknown): Promise<unknown> {
  if (!hasBody(req)) return absent;
  requireJson(req);
  const text = await readText(req, res);
  if (text === '') return absent;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatehouseError('malformed_request', 'The body is not valid JSON.', { cause });
  }
}

/** `utf8` is common, although it is not a registered name. */
const UTF_8: ReadonlySet<string> = new Set(['utf-8', 'utf8']);

/** Requires `application/json` or `application/*+json` (RFC 6839) in UTF-8 (RFC 8259, section 8.1). */
export function requireJson({ headers }: Pick<Request, 'headers'>): void {
  const type = parseType(headers['content-type']);
  const isJson = type?.type === 'application' && (type.subtype === 'json' || type.subtype.endsWith('+json'));
  const isUtf8 = UTF_8.has((type?.params.get('charset') ?? 'utf-8').toLowerCase());
  if (!isJson || !isUtf8)
    throw new GatehouseError('unsupported_media_type', 'Send the body as application/json in UTF-8.');
}

function parseType(header: string | undefined): MIMEType | null {
  try {
    return header === undefined ? null : new MIMEType(header);
  } catch {
    return null;
  }
}
