import { GatehouseError } from '@gatehouse/contract/errors';
import type { RequestHandler } from 'express';

const ALLOW = 'GET, HEAD, OPTIONS';

/** For paths that can only be read: OPTIONS says so, and any other method is refused (RFC 9110 section 15.5.6). */
export const readOnly: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') {
    next();
    return;
  }
  res.setHeader('Allow', ALLOW);
  if (req.method !== 'OPTIONS') throw new GatehouseError('method_not_allowed', `Use one of ${ALLOW} here.`);
  res.status(204).end();
};
