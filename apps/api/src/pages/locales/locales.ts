import type { Request } from 'express';
import { de } from './de.ts';
import { en, type Texts } from './en.ts';

const LOCALES = new Map<string, Texts>([
  ['en', en],
  ['de', de],
]);
const NAMES = [...LOCALES.keys()];

export type Language = { locale: string; texts: Texts };

/** What the browser asks for (RFC 9110 section 12.5.4) among what is there, else the portal's own, else English. */
export function languageOf(req: Pick<Request, 'acceptsLanguages'>, preferred: string): Language {
  const own = LOCALES.has(preferred) ? preferred : 'en';
  const locale = req.acceptsLanguages([own, ...NAMES.filter((name) => name !== own)]) || own;
  return { locale, texts: LOCALES.get(locale) ?? en };
}
