import { html, type Html } from '@gatehouse/words/html';
import type { Language } from './language.ts';
import { stylesheet } from './stylesheet.ts';

/** The prefix of every path of this service in the browser. */
export type Site = { prefix: string };

type Frame = Language &
  Site & {
    title: string;
    /** Null if the portal is unknown. */
    portal: { name: string; base: string; navigation: Html | null } | null;
    content: Html;
  };

/** The common parts of all pages. They load nothing from elsewhere and run no scripts. */
export const frame = ({ locale, texts, prefix, title, portal, content }: Frame): Html =>
  html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}${portal ? ` – ${portal.name}` : null}</title>
        <link rel="stylesheet" href="${prefix}/portals/${stylesheet}" />
      </head>
      <body>
        <a class="skip" href="#content">${texts.skip}</a>
        <header>
          ${portal ? html`<a class="portal" href="${portal.base}">${portal.name}</a>` : null}
          ${portal?.navigation ?? null}
        </header>
        <main id="content" tabindex="-1">${content}</main>
      </body>
    </html> `;
