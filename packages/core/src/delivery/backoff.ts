// SQL over a table with `attempts` and `queued_at`, for an attempt that failed for now.

/** Attempts end 48 hours after the work was queued. */
export const RETRY_STATUS = `case when now() < queued_at + interval '48 hours' then 'queued' else 'failed' end`;

/**
 * The next attempt follows after 5 seconds, then after twice as long each time up to 15 minutes, ± 25 %, so that work that
 * failed together does not return together. A pause is never longer than the work has been queued: work that is queued
 * again starts with short pauses, however often it was tried before.
 */
export const RETRY_DUE_AT = `now() + (0.75 + random() / 2) * least(
  interval '5 seconds' * power(2, least(attempts, 10) - 1),
  greatest(now() - queued_at, interval '5 seconds'),
  interval '15 minutes')`;
