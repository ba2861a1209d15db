import { isIP } from 'node:net';
import type { RequestOrigin } from '@gatehouse/core/kernel/context';
import type { Request } from 'express';
import { addressOf } from './network-of.ts';

/** The most characters of a stored user agent. */
const LENGTH = 512;

/** The origin of a call for the audit log. Callers and proxies can send any text, so every value must be storable. */
export function requestOrigin({ ip = '', headers }: Pick<Request, 'ip' | 'headers'>): RequestOrigin {
  const address = addressOf(ip);
  const userAgent = (headers['user-agent'] ?? '')
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, LENGTH)
    .toWellFormed();
  return { address: isIP(address) === 0 ? null : address, userAgent: userAgent === '' ? null : userAgent };
}
