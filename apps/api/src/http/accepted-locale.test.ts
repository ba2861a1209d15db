import express, { type Request } from 'express';
import { expect, test } from 'vitest';
import { acceptedLocale } from './accepted-locale.ts';

test.each([
  [undefined, null],
  ['*', null],
  ['de', 'de'],
  ['DE-at, en;q=0.8', 'de'],
  ['fr, en-US;q=0.7, de;q=0.3', 'en'],
  ['fr, *;q=0.5, de;q=0.1', null],
  ['fr', null],
  ['de;q=0, en', 'en'],
  [',;q=x', null],
])('Accept-Language: %s', (header, locale) => {
  const req: Request = Object.create(express.request);
  req.headers = header === undefined ? {} : { 'accept-language': header };
  expect(acceptedLocale(req)).toBe(locale);
});
