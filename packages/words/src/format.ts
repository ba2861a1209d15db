import type { Locale } from '@gatehouse/contract/locale';

/** English is British: day before month, and 24 hours. */
const TAGS: Record<Locale, string> = { en: 'en-GB', de: 'de-DE' };

const inUtc = (locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(TAGS[locale], { ...options, timeZone: 'UTC' });
const DAYS = { en: inUtc('en', { dateStyle: 'long' }), de: inUtc('de', { dateStyle: 'long' }) };
const TIMES = { en: inUtc('en', { timeStyle: 'short' }), de: inUtc('de', { timeStyle: 'short' }) };

/**
 * `27 November 2026, 14:25 UTC`. Times are in UTC because accounts have no time zone. A pseudonymised mail holds no time, so
 * other text is returned unchanged.
 */
export function formatTime(locale: Locale, instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return `${DAYS[locale].format(date)}, ${TIMES[locale].format(date)} UTC`;
}

/** `12,345`. */
export const formatNumber = (locale: Locale, value: number): string =>
  new Intl.NumberFormat(TAGS[locale]).format(value);

/** `1 minute`, `5 minutes`. */
export const formatMinutes = (locale: Locale, minutes: number): string =>
  new Intl.NumberFormat(TAGS[locale], { style: 'unit', unit: 'minute', unitDisplay: 'long' }).format(minutes);

/** The name of a language in that language: `Deutsch`. */
export const languageName = (locale: Locale): string =>
  new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale;
