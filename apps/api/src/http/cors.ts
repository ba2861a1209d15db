import type { IncomingMessage, ServerResponse } from 'node:http';
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
  const allow = allowOrigins(origins);
  return (req, res, next) => {
    if (!allow(req, res)) next();
  };
}

/** Sets the headers that let the page read the response, whatever it is. True if it has answered a preflight. */
export type AllowOrigins = (req: IncomingMessage, res: ServerResponse) => boolean;

export function allowOrigins(origins: readonly string[]): AllowOrigins {
  const allowed = new Set(origins);
  return (req, res) => {
    const { origin } = req.headers;
    if (allowed.size > 0) res.appendHeader('Vary', 'Origin');
    if (origin === undefined || !allowed.has(origin)) return false;
    delete req.headers.cookie;
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Expose-Headers', RESPONSE_HEADERS);
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return false;
    res.setHeader('Access-Control-Allow-Methods', METHODS);
    res.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
    res.setHeader('Access-Control-Max-Age', MAX_AGE);
    res.writeHead(204).end();
    return true;
  };
}
