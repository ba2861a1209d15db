import express, { type Request, type Response } from 'express';

const parse = express.text({ type: 'application/x-www-form-urlencoded', limit: '16kb' });

/** Values that are kept as they were typed. */
const EXACT = /password|token/;

/**
 * What a form has sent, without the spaces that phones and copying leave around it; empty where it is no form. Throws what
 * body-parser throws.
 */
export async function readForm(req: Request, res: Response): Promise<URLSearchParams> {
  await new Promise<void>((resolve, reject) => {
    parse(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  const body: unknown = req.body;
  const sent = [...new URLSearchParams(typeof body === 'string' ? body : '')];
  return new URLSearchParams(sent.map(([name, value]) => [name, EXACT.test(name) ? value : value.trim()]));
}
