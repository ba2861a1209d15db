import type { Request, Response } from 'express';
import { readForm } from '../http/read-form.ts';

/** Values that are kept as they were typed. */
const EXACT = /password|token/;

/** What a person has typed into a form, without the spaces that phones and copying leave around it. */
export async function readTyped(req: Request, res: Response): Promise<URLSearchParams> {
  const sent = [...(await readForm(req, res))];
  return new URLSearchParams(sent.map(([name, value]) => [name, EXACT.test(name) ? value : value.trim()]));
}
