import { formOf } from './forms.ts';
import { html } from '@gatehouse/words/html';
import { given, moveTo, selfOf, typed, type Page } from './page.ts';
import { pageOf, pager, tableOf, timeOf } from './tables.ts';
import { answered, type Visit } from './visit.ts';

const SIZE = 20;

export const applications: Page = {
  path: '/applications',
  audience: 'developer',
  async show(visit) {
    const { texts, base } = visit;
    const page = pageOf(visit);
    const { list, total } = await wholePage(visit, page);
    const rows = list.map(({ id, name, desc, created_at }) => [
      html`<a href="${base}/applications/${id}">${name}</a>`,
      desc,
      timeOf(visit, created_at),
    ]);
    const head = [texts.fields.name, texts.fields.desc, texts.created];
    return {
      title: texts.applications.title,
      body: html`<p>${texts.applications.text}</p>
        ${rows.length > 0 ? tableOf({ caption: texts.applications.title, head, rows }) : html`<p>${texts.home.none}</p>`}
        ${pager(visit, { page, size: SIZE, total })}
        <h2>${texts.applications.createHeading}</h2>
        ${selfOf(visit).state === 'Active' ? createForm(visit) : html`<p class="notice">${texts.home.pending}</p>`}`,
    };
  },
  actions: {
    async create(visit) {
      const { calls, portal } = visit;
      const input = { portal_id: portal.id, name: typed(visit, 'name'), desc: given(visit, 'desc') };
      const { id } = await answered(calls.applications.create(input));
      return moveTo(visit, `/applications/${id}`, 'application_created');
    },
  },
};

/** Follows the cursor if long texts ended the page early, because the next page number would skip records. */
async function wholePage({ calls, portal }: Visit, page: number) {
  const input = { portal_id: portal.id };
  const first = await answered(calls.applications.list({ ...input, page, page_size: SIZE }));
  const list = [...first.list];
  for (let cursor = first.next_cursor; cursor && list.length < SIZE;) {
    const rest = await answered(calls.applications.list({ ...input, cursor, page_size: SIZE - list.length }));
    list.push(...rest.list);
    cursor = rest.next_cursor;
  }
  return { list, total: first.total };
}

const createForm = (visit: Visit) =>
  formOf(visit, {
    action: 'create',
    submit: visit.texts.applications.create,
    fields: [
      { name: 'name', label: visit.texts.fields.name },
      { name: 'desc', label: visit.texts.fields.desc, optional: true },
    ],
  });
