import { contentSecurityPolicy } from '../http/security.ts';

/**
 * Allows only the stylesheet and forms of this service. Chromium applies `form-action` to redirects of forms too, so
 * sign-in at an identity provider must start from a link.
 */
export const contentPolicy = contentSecurityPolicy({
  'default-src': "'none'",
  'style-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
});
