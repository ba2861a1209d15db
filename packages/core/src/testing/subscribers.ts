import { createApiProduct } from '../api-product/create-api-product.ts';
import { createApplication } from '../application/create-application.ts';
import type { Context } from '../kernel/context.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { createSubscription } from '../subscription/create-subscription.ts';
import { speakFor } from '../token/authenticate.ts';
import { admin, PASSWORD, portalToken, type CoreTest } from './core-test.ts';

/** An active developer, and calls of a portal token for that developer. */
export type Subscriber = {
  ref: { portal_id: string; developer_id: string };
  uid: string;
  email: string;
  as(): Context;
  /** Creates an application and returns its id. */
  application(name?: string): Promise<string>;
  /** Subscribes an application to an API product and returns the subscription's id. */
  subscribe(application_id: string, api_product_id: string): Promise<string>;
};

export async function subscriber(test: CoreTest, portal_id: string, username = 'ada'): Promise<Subscriber> {
  const email = `${username}@example.org`;
  const { developer_id } = await inviteDeveloper.execute(test.as(admin()), {
    portal_id,
    username,
    password: PASSWORD,
    email,
  });
  const actor = await speakFor({ em: test.orm().em.fork(), actor: portalToken(portal_id) }, developer_id);
  const [row] = await test.rows<{ id: string }>('select id from developer where developer_id = ?', [developer_id]);
  const as = () => test.as(actor);
  return {
    ref: { portal_id, developer_id },
    uid: row?.id ?? '',
    email,
    as,
    application: async (name = 'Shop') => (await createApplication.execute(as(), { name })).id,
    subscribe: async (application_id, api_product_id) =>
      (await createSubscription.execute(as(), { application_id, api_product_id })).id,
  };
}

/** Creates a published API product, by default with approval of subscriptions, and returns its id. */
export async function publish(test: CoreTest, portal_id: string, more: object = {}): Promise<string> {
  const input = { portal_id, name: 'Weather', status: 'published' as const, ...more };
  return (await createApiProduct.execute(test.as(admin()), input)).id;
}
