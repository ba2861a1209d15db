import { z } from 'zod';

/** The languages of mails and pages. */
export const Locale = z.enum(['en', 'de']);
export type Locale = z.infer<typeof Locale>;
