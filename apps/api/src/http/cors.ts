import type { RequestHandler } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = 'Authorization, Content-Type, X-API-KEY, X-Portal-Developer-ID, X-Request-Id';
const RESPONSE_HEADERS = 'Location, Retry-After, WWW-Authenticate, X-Request-Id, Allow';
/** Seconds for which browsers may cache a preflight. */
const MAX_AGE = '600';

/**
 * Lets pages of these origins call with a token (https://fetch.spec.whatwg.org/#http-cors-protocol). Cookies never
 * authenticate them.
 */
export function cors(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return (req, res, next) => {
    const { origin } = req.headers;
    if (allowed.size > 0) res.vary('Origin');
    if (origin === undefined || !allowed.has(origin)) {
      next();
      return;
    }
    delete req.headers.cookie;
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Expose-Headers', RESPONSE_HEADERS);
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    res.setHeader('Access-Control-Allow-Methods', METHODS);
    res.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
    res.setHeader('Access-Control-Max-Age', MAX_AGE);
    res.status(204).end();
  };
}
