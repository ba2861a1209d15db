import { p } from '@mikro-orm/core';
import { v7 } from 'uuid';

/**
 * Our ids: UUIDv7 (RFC 9562), made here so that they are known before the row is written. Those of one process rise also
 * within a millisecond (section 6.2), which node:crypto does not promise: two events of one transaction keep their order.
 */
export const newId = (): string => v7();

export const id = () => p.uuid().primary().onCreate(newId);

/** A time in UTC with milliseconds, as on the wire: a finer one could not make the round trip through a cursor. */
export const time = () => p.datetime(3);

export const labels = () => p.json<Record<string, string>>().default('{}');
