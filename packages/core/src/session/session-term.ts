import type { Developer } from '@gatehouse/db/entities/developer.entity';

/** Hours after which a session that is not used ends, and after which every one does (ASVS 7.3.1, 7.3.2). */
export const IDLE_HOURS = 12;
const LONGEST_HOURS = 7 * 24;

const HOUR = 3_600_000;

/** When a session that began then ends at the latest; one by a one-time password ends with that. */
export function sessionEnd(developer: Developer, begun: Date): Date {
  const end = new Date(begun.getTime() + LONGEST_HOURS * HOUR);
  const { oneTimePasswordExpiresAt } = developer;
  return oneTimePasswordExpiresAt && oneTimePasswordExpiresAt < end ? oneTimePasswordExpiresAt : end;
}
