/** Minutes without use after which a console session ends, and hours after which every one ends (ASVS 7.3.1, 7.3.2). */
export const IDLE_MINUTES = 30;
const LONGEST_HOURS = 8;

/** When a console session ends at the latest: not after its token. */
export function consoleSessionEnd(begun: Date, tokenExpiresAt: Date | null = null): Date {
  const end = new Date(begun.getTime() + LONGEST_HOURS * 3_600_000);
  return tokenExpiresAt && tokenExpiresAt < end ? tokenExpiresAt : end;
}
