import helmet from 'helmet';

/**
 * Our stylesheet and our forms, and nothing else. Chromium holds what a form leads to by redirects to `form-action` as
 * well: what leads away from here, to sign in elsewhere, must be a link.
 */
export const contentPolicy = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'style-src': ["'self'"],
    'form-action': ["'self'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
});

/**
 * A referrer never has the path and the token in it. Without any, browsers would send `Origin: null` with our forms
 * (https://fetch.spec.whatwg.org/#append-a-request-origin-header), and over http no `Sec-Fetch-Site` to make up for it.
 */
export const referrerPolicy = helmet.referrerPolicy({ policy: 'strict-origin' });
