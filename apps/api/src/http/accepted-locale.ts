import { Locale } from '@gatehouse/contract/locale';
import type { Request } from 'express';

/**
 * The first supported language of `Accept-Language` (RFC 9110 section 12.5.4). Null if `*` comes first, as programs send
 * it, or if no language is supported.
 */
export function acceptedLocale(req: Pick<Request, 'acceptsLanguages'>): Locale | null {
  for (const language of req.acceptsLanguages()) {
    const locale = Locale.safeParse(language.split('-', 1)[0]?.toLowerCase());
    if (locale.success) return locale.data;
    if (language === '*') return null;
  }
  return null;
}
