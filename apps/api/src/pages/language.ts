import type { Locale } from '@gatehouse/contract/locale';
import { PAGES } from '@gatehouse/words/pages';
import type { PageTexts } from '@gatehouse/words/pages/en';
import type { Request } from 'express';
import { acceptedLocale } from '../http/accepted-locale.ts';

export type Language = { locale: Locale; texts: PageTexts };

/** The language that the browser asks for, otherwise the portal's. */
export function languageOf(req: Pick<Request, 'acceptsLanguages'>, preferred: Locale): Language {
  const locale = acceptedLocale(req) ?? preferred;
  return { locale, texts: PAGES[locale] };
}
