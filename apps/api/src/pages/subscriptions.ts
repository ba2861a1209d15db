import { GatehouseError } from '@gatehouse/contract/errors';
import { applicationRef, back } from './application-ref.ts';
import { formOf, seriousForm } from './forms.ts';
import { html, type Html } from '@gatehouse/words/html';
import { selfOf, typed, type Page } from './page.ts';
import { tableOf, timeOf } from './tables.ts';
import { answered, unlessGone, type Visit } from './visit.ts';

/** The largest page of a list. */
const SIZE = 500;

/** The subscriptions of an application, with a form to request another one. */
export async function subscriptionsOf(visit: Visit): Promise<{ body: Html; total: number }> {
  const { texts, calls } = visit;
  const { subscriptions } = texts;
  const { list, total } = await answered(calls.subscriptions.list({ ...applicationRef(visit), page_size: SIZE }));
  const head = [texts.fields.api_product_id, subscriptions.status, texts.created, texts.actions];
  const rows = list.map(({ id, api_product_name, status, created_at }) => [
    api_product_name,
    subscriptions.statuses[status],
    timeOf(visit, created_at),
    seriousForm(visit, {
      action: 'unsubscribe',
      open: subscriptions.remove,
      text: subscriptions.removeText,
      submit: subscriptions.removeSubmit,
      about: api_product_name,
      hidden: { subscription_id: id },
    }),
  ]);
  const body = html`<h2>${subscriptions.heading}</h2>
    ${rows.length > 0 ? tableOf({ caption: subscriptions.heading, head, rows }) : html`<p>${subscriptions.none}</p>`}
    ${total > list.length ? html`<p>${texts.more(total - list.length)}</p>` : null}
    ${list.some(({ status }) => status === 'wait_for_approval') ? html`<p class="notice">${subscriptions.waiting}</p>` : null}
    ${selfOf(visit).state === 'Active' ? await askForm(visit) : null}`;
  return { body, total };
}

async function askForm(visit: Visit): Promise<Html> {
  const { texts, calls } = visit;
  const { subscriptions } = texts;
  const { list, total } = await answered(
    calls.apiProducts.listVisible({
      ...applicationRef(visit),
      subscription_status: 'unsubscribed',
      page_size: SIZE,
    }),
  );
  if (list.length === 0) return html`<p>${subscriptions.nothingLeft}</p>`;
  const choices = new Map(list.map(({ id, name }) => [id, name]));
  return html`<h3>${subscriptions.askHeading}</h3>
    ${formOf(visit, {
      action: 'subscribe',
      submit: subscriptions.ask,
      fields: [{ name: 'api_product_id', label: texts.fields.api_product_id, choices }],
    })}
    ${total > list.length ? html`<p>${texts.more(total - list.length)}</p>` : null}`;
}

export const subscriptionActions: Page['actions'] = {
  async subscribe(visit) {
    const input = { ...applicationRef(visit), api_product_id: typed(visit, 'api_product_id') };
    try {
      const { status } = await answered(visit.calls.subscriptions.create(input));
      return back(visit, status === 'subscribed' ? 'subscribed' : 'subscription_asked');
    } catch (error) {
      // The button may have been pressed twice. The page shows the current status.
      if (error instanceof GatehouseError && error.code === 'already_subscribed') return back(visit);
      throw error;
    }
  },
  async unsubscribe(visit) {
    const { portal, calls } = visit;
    const input = { portal_id: portal.id, subscription_id: typed(visit, 'subscription_id') };
    await unlessGone(calls.subscriptions.delete(input));
    return back(visit, 'subscription_removed');
  },
};
