/** Any origin will do: what is looked at is whether an address leaves it. */
const HERE = 'http://here.invalid';

/** Where to go after signing in: a page below `base`, as a browser would understand the address; else `base` itself. */
export function returnTo(given: string | null, base: string): string {
  if (given === null || !URL.canParse(given, HERE)) return base;
  const { origin, pathname, search } = new URL(given, HERE);
  const isBelow = origin === HERE && (pathname === base || pathname.startsWith(`${base}/`));
  return isBelow ? `${pathname}${search}` : base;
}
