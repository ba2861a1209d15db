/** Any origin works, because the check is only whether an address leaves it. */
const HERE = 'http://here.invalid';

/** The page to open after signing in: the address if browsers resolve it to a page below `base`, else `base`. */
export function returnTo(given: string | null, base: string): string {
  if (given === null || !URL.canParse(given, HERE)) return base;
  const { origin, pathname, search } = new URL(given, HERE);
  const isBelow = origin === HERE && (pathname === base || pathname.startsWith(`${base}/`));
  // Without a base, `/.//host` is such a path, and browsers would read it as another host.
  if (pathname.startsWith('//')) return base;
  return isBelow ? `${pathname}${search}` : base;
}
