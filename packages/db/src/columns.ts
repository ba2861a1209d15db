import { randomUUIDv7 } from 'node:crypto';
import { p } from '@mikro-orm/core';

/** Our ids: UUIDv7 (RFC 9562), made here so that they are known before the row is written. */
export const newId = (): string => randomUUIDv7();

export const id = () => p.uuid().primary().onCreate(newId);

/** A time in UTC with milliseconds, as on the wire: a finer one could not make the round trip through a cursor. */
export const time = () => p.datetime(3);

export const labels = () => p.json<Record<string, string>>().default('{}');
