import type { PublicPortalLink } from '@gatehouse/core/portal/list-public-portals';
import { frame } from '../pages/frame.ts';
import { html, type Html } from '@gatehouse/words/html';
import type { Language } from '../pages/language.ts';
import { VERSION } from '../version.ts';

type Site = Language & {
  prefix: string;
  docs: boolean;
  /** Null while the database does not respond. */
  portals: readonly PublicPortalLink[] | null;
};

export const linkOf = ({ slug, publicUrl }: PublicPortalLink, prefix: string): string =>
  publicUrl ?? `${prefix}/portals/${slug}`;

/** The page at the root of the service, with links to everything else. */
export function siteDocument({ locale, texts, prefix, docs, portals }: Site): Html {
  const { site } = texts;
  const links = [
    ...(docs ? [['/docs', site.docs]] : []),
    ['/openapi.json', site.openapi],
    ['/console', texts.console.name],
    ['/queues', site.queues],
    ['/livez', site.live],
    ['/readyz', site.ready],
  ];
  return frame({
    locale,
    texts,
    prefix,
    title: site.title,
    portal: null,
    content: html`<h1>${site.title}</h1>
      <p>${site.text}</p>
      <h2>${site.portals}</h2>
      ${portalList(portals, { prefix, none: site.noPortals, away: site.portalsAway })}
      <h2>${site.service}</h2>
      <ul>
        ${links.map(([path = '', label = '']) => html`<li><a href="${prefix}${path}">${label}</a></li> `)}
      </ul>
      <p class="hint">${site.version(VERSION)}</p>`,
  });
}

type Words = { prefix: string; none: string; away: string };

function portalList(portals: Site['portals'], { prefix, none, away }: Words): Html {
  if (portals === null) return html`<p>${away}</p>`;
  if (portals.length === 0) return html`<p>${none}</p>`;
  return html`<ul>
    ${portals.map((portal) => html`<li><a href="${linkOf(portal, prefix)}">${portal.name}</a></li> `)}
  </ul>`;
}
