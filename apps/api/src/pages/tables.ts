import { formatTime } from '@gatehouse/words/format';
import { html, type Html } from '@gatehouse/words/html';
import type { Visit } from './visit.ts';

type Table = { caption: string; head: string[]; rows: (Html | string | null)[][] };

/**
 * The first cell of a row is its header. On narrow screens, CSS stacks the cells, each with its label. The roles keep the
 * table structure for screen readers.
 */
export const tableOf = ({ caption, head, rows }: Table): Html =>
  html`<table role="table">
    <caption class="unseen">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${head.map((title) => html`<th scope="col" role="columnheader">${title}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ([name = null, ...cells]) =>
          html`<tr role="row">
            <th scope="row" role="rowheader">${name}</th>
            ${cells.map((cell, index) => html`<td role="cell" data-label="${head[index + 1] ?? ''}">${cell}</td>`)}
          </tr> `,
      )}
    </tbody>
  </table>`;

export function timeOf({ locale, texts }: Visit, iso: string | null): Html | string {
  if (iso === null) return texts.never;
  return html`<time datetime="${iso}">${formatTime(locale, iso)}</time>`;
}

type Part = { page: number; size: number; total: number };

/** The requested page of a list. */
export function pageOf({ query }: Visit): number {
  const asked = query.get('page') ?? '';
  return /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 1;
}

export function pager({ path, texts }: Visit, { page, size, total }: Part): Html | null {
  const links = [
    ...(page > 1 ? [html`<a href="${path}?page=${page - 1}" rel="prev">${texts.previous}</a>`] : []),
    ...(page * size < total ? [html`<a href="${path}?page=${page + 1}" rel="next">${texts.next}</a>`] : []),
  ];
  return links.length > 0 ? html`<nav class="pager" aria-label="${texts.pages}">${links}</nav>` : null;
}
