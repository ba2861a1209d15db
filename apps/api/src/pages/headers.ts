import helmet from 'helmet';

/**
 * Allows only the stylesheet and forms of this service. Chromium applies `form-action` to redirects of forms too, so
 * sign-in at an identity provider must start from a link.
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
 * Keeps paths and tokens out of the `Referer`. With `no-referrer`, browsers would send `Origin: null` with forms
 * (https://fetch.spec.whatwg.org/#append-a-request-origin-header), and over http they send no `Sec-Fetch-Site` either.
 */
export const referrerPolicy = helmet.referrerPolicy({ policy: 'strict-origin' });
