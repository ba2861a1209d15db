import { GatehouseError } from '@gatehouse/contract/errors';
import type { RequestHandler } from 'express';

const ALLOW = 'GET, HEAD, OPTIONS';

/** Answers OPTIONS for read-only paths, and refuses all other methods (RFC 9110 section 15.5.6). */
export const readOnly: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') {
    next();
    return;
  }
  res.setHeader('Allow', ALLOW);
  if (req.method !== 'OPTIONS') throw new GatehouseError('method_not_allowed', `Use one of ${ALLOW} here.`);
  res.status(204).end();
};
