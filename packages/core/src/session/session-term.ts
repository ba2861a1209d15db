import type { Developer } from '@gatehouse/db/entities/developer.entity';

/** Hours without use after which a session ends, and hours after which every session ends (ASVS 7.3.1, 7.3.2). */
export const IDLE_HOURS = 12;
const LONGEST_HOURS = 7 * 24;

const HOUR = 3_600_000;

/** When a session ends at the latest. A session that began with a one-time password ends when the password expires. */
export function sessionEnd(developer: Developer, begun: Date): Date {
  const end = new Date(begun.getTime() + LONGEST_HOURS * HOUR);
  const { oneTimePasswordExpiresAt } = developer;
  return oneTimePasswordExpiresAt && oneTimePasswordExpiresAt < end ? oneTimePasswordExpiresAt : end;
}
