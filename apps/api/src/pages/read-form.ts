import type { Request, Response } from 'express';
import { readForm } from '../http/read-form.ts';

/** Fields whose spaces are kept. */
const EXACT = /password|token/;

/** The values of a form, trimmed, because phones and copying add spaces. */
export async function readTyped(req: Request, res: Response): Promise<URLSearchParams> {
  const sent = [...(await readForm(req, res))];
  return new URLSearchParams(sent.map(([name, value]) => [name, EXACT.test(name) ? value : value.trim()]));
}
