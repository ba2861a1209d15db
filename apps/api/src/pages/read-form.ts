import express, { type Request, type Response } from 'express';

const parse = express.text({ type: 'application/x-www-form-urlencoded', limit: '16kb' });

/** What a form has sent; empty where it is no form. Throws what body-parser throws. */
export async function readForm(req: Request, res: Response): Promise<URLSearchParams> {
  await new Promise<void>((resolve, reject) => {
    parse(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
  const body: unknown = req.body;
  return new URLSearchParams(typeof body === 'string' ? body : '');
}
