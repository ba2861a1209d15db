import type { Locale } from '@gatehouse/contract/locale';
import { de } from './pages/de.ts';
import { en, type PageTexts } from './pages/en.ts';

export const PAGES: Record<Locale, PageTexts> = { en, de };
