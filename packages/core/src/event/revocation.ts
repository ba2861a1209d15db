import type { EventName } from '@gatehouse/contract/events';
import { EVENTS } from './catalogue.ts';
import type { ResourceRef } from './resource.ts';

/** Whether the event can revoke access that a process remembers. */
export function revokes(name: EventName, changed: readonly string[]): boolean {
  const fields: boolean | readonly string[] = EVENTS[name].revokes;
  return typeof fields === 'boolean' ? fields : changed.some((field) => fields.includes(field));
}

/** The target of a revocation: the name of the resource in what processes remember. */
export const revocationTarget = ({ type, id, portalId }: ResourceRef): string =>
  type === 'developer' ? `${String(portalId)}/${id}` : id;
