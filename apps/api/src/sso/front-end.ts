import { inputError } from '@gatehouse/core/use-case';

/** A page of a front end; `what` begins with a slash. */
export function pageOf(base: string, what: string, query: Record<string, string>): string {
  const url = new URL(base + what);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Where to go afterwards: an address of the same origin, so that nobody is led elsewhere by a link to us (CWE-601). */
export function returnTo(base: string, given: unknown): string {
  if (given === undefined) return base;
  const url = typeof given === 'string' && URL.canParse(given, base) ? new URL(given, base) : null;
  if (url?.origin === new URL(base).origin && url.username === '' && url.password === '') return url.href;
  throw inputError([{ path: '?return_to', message: 'Must be an address of this portal', code: 'custom' }]);
}
