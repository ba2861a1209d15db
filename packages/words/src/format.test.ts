import { expect, test } from 'vitest';
import { formatMinutes, formatNumber, formatTime } from './format.ts';

test.each([
  { locale: 'en', time: '27 November 2026, 14:05 UTC', number: '12,345', minutes: ['1 minute', '5 minutes'] },
  { locale: 'de', time: '27. November 2026, 14:05 UTC', number: '12.345', minutes: ['1 Minute', '5 Minuten'] },
] as const)('formats times and numbers in $locale', ({ locale, time, number, minutes }) => {
  expect(formatTime(locale, '2026-11-27T14:05:31.000Z')).toBe(time);
  expect(formatNumber(locale, 12_345)).toBe(number);
  expect([1, 5].map((count) => formatMinutes(locale, count))).toEqual(minutes);
});
