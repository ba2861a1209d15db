import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestHandler } from 'express';

const css = readFileSync(new URL('style.css', import.meta.url), 'utf8');
const version = createHash('sha256').update(css).digest('hex').slice(0, 12);

/** No portal has this address, because slugs have no dot. Browsers may cache it, because the address contains a hash. */
export const stylesheet = `style.css?v=${version}`;

export const serveStylesheet: RequestHandler = (_req, res) => {
  res.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  res.type('css').send(css);
};
