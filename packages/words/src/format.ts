import type { Locale } from '@gatehouse/contract/locale';

/** English is British: day before month, and 24 hours. */
const TAGS: Record<Locale, string> = { en: 'en-GB', de: 'de-DE' };

/** Made on first use: each takes milliseconds. */
const formats = new Map<string, Intl.DateTimeFormat>();

function inUtc(locale: Locale, style: 'dateStyle' | 'timeStyle'): Intl.DateTimeFormat {
  const key = `${locale} ${style}`;
  const length = style === 'dateStyle' ? 'long' : 'short';
  const format = formats.get(key) ?? new Intl.DateTimeFormat(TAGS[locale], { [style]: length, timeZone: 'UTC' });
  formats.set(key, format);
  return format;
}

/**
 * `27 November 2026, 14:25 UTC`. Times are in UTC because accounts have no time zone. A pseudonymised mail holds no time, so
 * other text is returned unchanged.
 */
export function formatTime(locale: Locale, instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  return `${inUtc(locale, 'dateStyle').format(date)}, ${inUtc(locale, 'timeStyle').format(date)} UTC`;
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
