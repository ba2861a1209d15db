import { z } from 'zod';

/** A time as it goes on the wire, from an entity or, where SQL has formatted it already, from a row. */
export const iso = (time: Date | string): string => (typeof time === 'string' ? time : time.toISOString());
export const isoOrNull = (time: Date | string | null | undefined): string | null => (time ? iso(time) : null);

/** The output of a use-case that has nothing to say. */
export const Nothing = z.null();
