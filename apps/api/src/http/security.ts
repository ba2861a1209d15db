import type { RequestHandler } from 'express';

/** One year, in seconds. */
const HSTS_MAX_AGE = 31_536_000;

/** Headers for responses with data: browsers must not load, run, frame or sniff anything from them. */
const SECURITY_HEADERS = {
  'Content-Security-Policy': "default-src 'none';frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': `max-age=${String(HSTS_MAX_AGE)}; includeSubDomains`,
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
  // The filter of old browsers causes leaks.
  'X-XSS-Protection': '0',
};

const withHeaders = (headers: Record<string, string>): RequestHandler => {
  const entries = Object.entries(headers);
  return (_req, res, next) => {
    for (const [name, value] of entries) res.setHeader(name, value);
    next();
  };
};

export const securityHeaders = withHeaders(SECURITY_HEADERS);

/** Sources by directive, for pages that allow more than `securityHeaders`. */
export const contentSecurityPolicy = (directives: Record<string, string>): RequestHandler =>
  withHeaders({
    'Content-Security-Policy': Object.entries(directives)
      .map(([name, sources]) => `${name} ${sources}`)
      .join(';'),
  });

/** Headers for pages with scripts, all of which come from this service, so that they work offline. */
export const pagePolicy = contentSecurityPolicy({
  'default-src': "'none'",
  'script-src': "'self'",
  // The scripts of both pages set styles.
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'base-uri': "'self'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
});

/**
 * Keeps paths and tokens out of the `Referer`. With `no-referrer`, browsers would send `Origin: null` with forms
 * (https://fetch.spec.whatwg.org/#append-a-request-origin-header), and over http they send no `Sec-Fetch-Site` either.
 */
export const referrerPolicy = withHeaders({ 'Referrer-Policy': 'strict-origin' });

export const noStore = withHeaders({ 'Cache-Control': 'no-store' });
