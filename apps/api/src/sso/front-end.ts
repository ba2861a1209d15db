import { inputError } from '@gatehouse/core/kernel/use-case';

/** The URL of a front-end page. `what` begins with a slash. */
export function pageOf(base: string, what: string, query: Record<string, string>): string {
  const url = new URL(base + what);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Characters. The URL is stored in a cookie, which browsers limit to 4096 bytes. */
const LONGEST = 1000;

/** Where to return after the sign-in. Must have the portal's origin, to prevent open redirects (CWE-601). */
export function returnTo(base: string, given: unknown): string {
  if (given === undefined) return base;
  const url = typeof given === 'string' && URL.canParse(given, base) ? new URL(given, base) : null;
  const isOurs = url?.origin === new URL(base).origin && url.username === '' && url.password === '';
  if (url && isOurs && url.href.length <= LONGEST) return url.href;
  throw inputError([
    {
      path: '?return_to',
      message: `Must be a URL of this portal with at most ${String(LONGEST)} characters`,
      code: 'custom',
    },
  ]);
}
