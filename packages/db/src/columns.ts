import { p } from '@mikro-orm/core';
import { v7 } from 'uuid';

/**
 * UUIDv7 (RFC 9562), generated here so that the id is known before the row is written. Within a process, ids rise even
 * within a millisecond (section 6.2), so two events of one transaction keep their order. node:crypto does not promise
 * that.
 */
export function newId<Id extends string>(): Id;
export function newId(): string {
  return v7();
}

export const id = <Id extends string = string>() =>
  p
    .uuid()
    .$type<Id>()
    .primary()
    .onCreate(newId<Id>);

/** UTC, with milliseconds as in the API: a finer time would be cut off in a cursor. */
export const time = () => p.datetime(3);

export const labels = () => p.json<Record<string, string>>().default('{}');
