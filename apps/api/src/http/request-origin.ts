import { isIP } from 'node:net';
import type { Place } from '@gatehouse/core/kernel/context';
import type { Request } from 'express';
import { addressOf } from './network-of.ts';

/** Of a user agent. Longer ones say nothing more, and are written by whoever calls. */
const LENGTH = 512;

/** Where a call comes from, for the audit log. Both are what the caller, or a proxy in front, says: no value of them fails. */
export function calledFrom({ ip = '', headers }: Pick<Request, 'ip' | 'headers'>): Place {
  const address = addressOf(ip);
  const userAgent = (headers['user-agent'] ?? '')
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, LENGTH)
    .toWellFormed();
  return { address: isIP(address) === 0 ? null : address, userAgent: userAgent === '' ? null : userAgent };
}
