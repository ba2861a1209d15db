import { z } from 'zod';

/** The languages of mails and pages. */
const LOCALES = ['en', 'de'] as const;
export const Locale = z.enum(LOCALES);
export type Locale = z.infer<typeof Locale>;
