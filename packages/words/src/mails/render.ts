import type { Locale } from '@gatehouse/contract/locale';
import { html, type Html } from '../html.ts';
import type { Block } from './mail.ts';

export const renderText = (blocks: readonly Block[]): string =>
  `${blocks.map((block) => (typeof block === 'string' ? block : `${block.label}:\n${block.link}`)).join('\n\n')}\n`;

type Document = { locale: Locale; subject: string; blocks: readonly Block[] };

export const renderHtml = ({ locale, subject, blocks }: Document): string =>
  html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${subject}</title>
      </head>
      <body style="${BODY}">
        ${blocks.map((block) => html`<p>${typeof block === 'string' ? withBreaks(block) : button(block)}</p> `)}
      </body>
    </html> `.toString();

const BODY =
  'max-width: 36em; margin: 0 auto; padding: 16px; font: 16px/1.5 sans-serif; overflow-wrap: anywhere; color: #1f2937';
const BUTTON =
  'display: inline-block; padding: 10px 16px; border-radius: 4px; background: #1d4ed8; color: #ffffff; text-decoration: none';

const withBreaks = (text: string): Html[] =>
  text.split('\n').map((line, index) => (index === 0 ? html`${line}` : html`<br />${line}`));

const button = ({ link, label }: { link: string; label: string }): Html =>
  html`<a href="${link}" style="${BUTTON}">${label}</a>`;
