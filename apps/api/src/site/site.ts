import { GatehouseError } from '@gatehouse/contract/errors';
import type { Context } from '@gatehouse/core/kernel/context';
import { listPublicPortals } from '@gatehouse/core/portal/list-public-portals';
import { Router, type RequestHandler } from 'express';
import { onRoute } from '../http/current-request.ts';
import { noStore, referrerPolicy } from '../http/security.ts';
import { contentPolicy } from '../pages/headers.ts';
import { languageOf } from '../pages/language.ts';
import { ICON } from './icon.ts';
import { linkOf, siteDocument } from './site-document.ts';

export type SiteDeps = {
  em: Context['em'];
  prefix: string;
  docs: boolean;
  /** The URI for reports of security problems, or null. */
  securityContact: string | null;
  clock: () => Date;
};

/** The most portals on the page. People who need another one have its address. */
const MOST_PORTALS = 50;
/** Days until `security.txt` expires. RFC 9116 recommends less than a year. */
const SECURITY_TXT_DAYS = 180;
const DAY = 86_400_000;

/** The addresses that browsers, search engines and password managers expect of every service. */
export function site(deps: SiteDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get('/', onRoute('/'), noStore, contentPolicy, referrerPolicy, home(deps));
  router.get(['/favicon.ico', '/favicon.svg'], onRoute('/favicon.ico'), (_req, res) => {
    res.set('Cache-Control', 'public, max-age=86400').type('image/svg+xml').send(ICON);
  });
  // Search engines should not list sign-in forms or links with tokens.
  router.get('/robots.txt', onRoute('/robots.txt'), (_req, res) => {
    res.type('text').send('User-agent: *\nDisallow: /\n');
  });
  router.get('/.well-known/change-password', onRoute('/.well-known/change-password'), noStore, changePassword(deps));
  if (deps.securityContact !== null) {
    router.get(
      '/.well-known/security.txt',
      onRoute('/.well-known/security.txt'),
      securityTxt(deps, deps.securityContact),
    );
  }
  return router;
}

/** Serves browsers. A program that does not accept HTML gets the usual problem document. */
const home =
  ({ em, prefix, docs }: SiteDeps): RequestHandler =>
  async (req, res, next) => {
    if (req.accepts(['json', 'html']) !== 'html') {
      next();
      return;
    }
    const portals = await listPublicPortals(em, MOST_PORTALS).catch((error: unknown) => {
      // The links on the page work even while the database does not respond.
      if (error instanceof GatehouseError && error.code === 'dependency_down') return null;
      throw error;
    });
    res.type('html').send(siteDocument({ ...languageOf(req, 'en'), prefix, docs, portals }).toString());
  };

/** https://w3c.github.io/webappsec-change-password-url/ defines one address, which can stand for only one portal. */
const changePassword =
  ({ em, prefix }: SiteDeps): RequestHandler =>
  async (_req, res) => {
    const [portal, ...others] = await listPublicPortals(em, 2);
    if (!portal || others.length > 0) res.redirect(303, `${prefix}/`);
    else res.redirect(303, portal.publicUrl ?? `${linkOf(portal, prefix)}/change_password`);
  };

/** RFC 9116. */
const securityTxt =
  ({ clock }: SiteDeps, contact: string): RequestHandler =>
  (_req, res) => {
    const expires = new Date(Math.floor(clock().getTime() / DAY + SECURITY_TXT_DAYS) * DAY);
    res.type('text').send(`Contact: ${contact}\nExpires: ${expires.toISOString()}\n`);
  };
