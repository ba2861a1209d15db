import type { Request, Response } from 'express';
import { bodyLimit, readText } from './read-text.ts';
import { pairsOf } from './urlencoded.ts';

/** The fields of a form; empty if the body is not a form. Throws `malformed_request` for invalid UTF-8. */
export async function readForm(req: Request, res: Response, limit = bodyLimit()): Promise<URLSearchParams> {
  if (!req.is('application/x-www-form-urlencoded')) return new URLSearchParams();
  return new URLSearchParams(pairsOf(await readText(req, res, limit), 'form'));
}
