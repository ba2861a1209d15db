import { MIMEType } from 'node:util';
import { GatehouseError } from '@gatehouse/contract/errors';
import express, { type Request, type Response } from 'express';

/** In bytes, after decompression. */
export const BODY_LIMIT = 512 * 1024;

// The type is checked before, and scalars are left to the input's own rules: both have their own answer.
const parseJson = express.json({ limit: BODY_LIMIT, strict: false, type: () => true });

/** The parsed body; `absent` where none was sent. Throws `unsupported_media_type`, or what body-parser throws. */
export async function readBody(req: Request, res: Response, absent: unknown): Promise<unknown> {
  if (!hasBody(req)) return absent;
  requireJson(req);
  await new Promise<void>((resolve, reject) => {
    parseJson(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  const body: unknown = req.body;
  return body;
}

/** RFC 9112 section 6.3. */
const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** `application/json` and `application/*+json` (RFC 6839), in UTF-8 (RFC 8259 section 8.1). */
export function requireJson({ headers }: Pick<Request, 'headers'>): void {
  const type = parseType(headers['content-type']);
  const isJson = type?.type === 'application' && (type.subtype === 'json' || type.subtype.endsWith('+json'));
  const isUtf8 = (type?.params.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8';
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
