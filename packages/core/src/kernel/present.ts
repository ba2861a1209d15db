import { z } from 'zod';

/** A time in the format of the API. Some rows come from SQL with the time already formatted. */
export const iso = (time: Date | string): string => (typeof time === 'string' ? time : time.toISOString());
export const isoOrNull = (time: Date | string | null | undefined): string | null => (time ? iso(time) : null);

/** The output of a use-case without a result. */
export const Nothing = z.null();
