import { DeveloperId, DeveloperUid, type SessionId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import type { Actor } from '@gatehouse/contract/actor';
import { type Run, watchRuns } from '@gatehouse/db/statement';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { listApiProducts } from '../api-product/list-api-products.ts';
import { listVisibleApiProducts } from '../api-product/list-visible-api-products.ts';
import { listApplications } from '../application/list-applications.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { listAudit } from '../audit/list-audit.ts';
import { listConsoleSessions } from '../console/list-sessions.ts';
import { listCredentialsOfApplication } from '../credential/list-credentials-of-application.ts';
import { listCredentials } from '../credential/list-credentials.ts';
import { listDeletions } from '../deletion/list-deletions.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { listEmails } from '../email/list-emails.ts';
import type { UseCase } from '../kernel/use-case.ts';
import { listLabels } from '../label/list-labels.ts';
import { listLoginOptions } from '../login-option/list-login-options.ts';
import { listSessions } from '../me/list-sessions.ts';
import { listOperators } from '../operator/list-operators.ts';
import { listOperatorSessions } from '../operator/list-sessions.ts';
import { listPortalDevelopers } from '../portal-developer/list-portal-developers.ts';
import { listPortals } from '../portal/list-portals.ts';
import { listSubscriptionsOfApiProduct } from '../subscription/list-subscriptions-of-api-product.ts';
import { listSubscriptions } from '../subscription/list-subscriptions.ts';
import { admin, coreTest, operator, portalToken } from '../testing/core-test.ts';
import { type Filters, optionsOf, ordersOf, type Shape } from '../testing/list-calls.ts';
import { publish, subscriber } from '../testing/subscribers.ts';
import { wholeTables } from '../testing/walked-plan.ts';
import { listTokens } from '../token/list-tokens.ts';

/** Two records of each kind, so that a page of one record has a next one. PostgreSQL is asked about the texts at the end. */
const test = coreTest();
let ids: Record<string, string>;
let callers: Record<'admin' | 'operator' | 'portal' | 'behalf' | 'person', Actor>;

beforeAll(async () => {
  const portal_id = await test.portal();
  const [ada, bob] = [await subscriber(test, portal_id), await subscriber(test, portal_id, 'bob')];
  const [application_id] = [await ada.application(), await ada.application()];
  const [api_product_id, other] = [await publish(test, portal_id), await publish(test, portal_id)];
  for (const product of [api_product_id, other]) await ada.subscribe(application_id, product);
  await bob.subscribe(await bob.application(), api_product_id);
  for (const insert of FILL)
    await test.rows(
      `insert into ${insert} from generate_series(1, 2) n, (select ?::uuid as portal, ?::uuid as developer, ?::uuid as application) given returning 1`,
      [portal_id, ada.uid, application_id],
    );
  const [{ id: operator_id } = { id: '' }] = await test.rows<{ id: string }>('select id from operator');
  await test.rows(
    `insert into operator_session (id, operator_id, token_hash, created_at, last_used_at, expires_at)
     select gen_random_uuid(), ?, n, now(), now(), now() + interval '1 hour' from generate_series(1, 2) n returning 1`,
    [operator_id],
  );
  ids = { portal_id, application_id, api_product_id, operator_id };
  const developer = ada.as().actor;
  callers = {
    admin: admin(),
    operator: operator('owner', [portal_id, await test.portal()]),
    portal: portalToken(portal_id),
    behalf: developer,
    person: {
      kind: 'developer',
      uid: DeveloperUid.parse(ada.uid),
      developerId: DeveloperId.parse('ada'),
      portalId: portal_id,
      sessionId: newId<SessionId>(),
      state: 'Active',
      restricted: false,
      scopes: ['*'],
    },
  };
});

const TIMES = 'created_at, updated_at) select gen_random_uuid()';
const FILL = [
  `credential (id, application_id, type, name, ${TIMES}, application, 'key-auth', 'k', now(), now()`,
  `login_option (id, portal_id, name, provider_type, config, secrets, ${TIMES}, portal, 'l', 'saml', '{}', '{}', now(), now()`,
  `session (id, developer_uid, token_hash, created_at, last_used_at, expires_at) select gen_random_uuid(), developer, n::text, now(), now(), now() + interval '1 day'`,
  `token (id, kind, name, scopes, hash, prefix, created_at) select gen_random_uuid(), 'admin', 't', '[]', n::text, 'p', now()`,
  `operator (id, name, email, email_key, role, portal_ids, state, ${TIMES}, 'o', n, n, 'viewer', array[portal], 'active', now(), now()`,
  `approval (id, portal_id, event, status, result, resource_type, resource_id, resource_name, applicant_id, applicant_name, applied_at, ${TIMES}, portal, 'developer_registration', 'finished', 'accepted', 'developer', 'd', 'd', 'd', 'd', now(), now(), now()`,
];

const LISTS: { list: UseCase; by: (keyof typeof callers)[] }[] = [
  { list: listApiProducts, by: ['admin'] },
  { list: listVisibleApiProducts, by: ['portal', 'behalf', 'person'] },
  { list: listApplications, by: ['portal', 'behalf', 'person'] },
  { list: listApprovals, by: ['admin', 'operator', 'portal', 'behalf', 'person'] },
  { list: listAudit, by: ['admin', 'operator'] },
  { list: listConsoleSessions, by: ['admin'] },
  { list: listCredentials, by: ['portal', 'behalf', 'person'] },
  { list: listCredentialsOfApplication, by: ['portal', 'behalf', 'person'] },
  { list: listDeletions, by: ['admin', 'operator'] },
  { list: listDevelopers, by: ['admin'] },
  { list: listEmails, by: ['admin', 'operator'] },
  { list: listLabels, by: ['portal', 'behalf', 'person'] },
  { list: listLoginOptions, by: ['admin'] },
  { list: listPortalDevelopers, by: ['portal', 'behalf'] },
  { list: listOperators, by: ['admin', 'operator'] },
  { list: listOperatorSessions, by: ['admin'] },
  { list: listPortals, by: ['admin', 'operator'] },
  { list: listSessions, by: ['person'] },
  { list: listSubscriptions, by: ['portal', 'behalf', 'person'] },
  { list: listSubscriptionsOfApiProduct, by: ['admin'] },
  { list: listTokens, by: ['admin', 'operator'] },
];

const PAGING = new Set(['page', 'page_size', 'cursor', 'direction', 'order_by']);
const SEARCHES = ['abc', 'a', '%', '明'];

/** Values of a field that it accepts and that lead to different texts. */
function valuesOf(name: string, schema: z.core.$ZodType): unknown[] {
  const id = ids[name];
  if (id !== undefined) return z.safeParse(schema, id).success ? [id] : [[id]];
  if (name === 'search') return SEARCHES;
  const options = optionsOf(schema);
  if (options.length > 0) return options;
  const candidates = ['abc', true, false, { k: 'v' }, ['subscribed'], ids['portal_id']];
  return candidates.filter((value) => z.safeParse(schema, value).success);
}

/** Each filter alone, and all orders with no filter and with all of them together. */
function callsOf(shape: Shape): Filters[] {
  const fields = Object.entries(shape).filter(([name]) => !PAGING.has(name));
  const always = fields.filter(([, schema]) => !z.safeParse(schema, undefined).success);
  const first = (of: typeof fields) =>
    Object.fromEntries(of.map(([name, schema]) => [name, valuesOf(name, schema)[0]]));
  const base = first(always);
  const alone = fields.flatMap(([name, schema]) => valuesOf(name, schema).map((value) => ({ ...base, [name]: value })));
  const orders = ordersOf(shape);
  return [...alone, ...[base, first(fields)].flatMap((filter) => orders.map((order) => ({ ...filter, ...order })))];
}

const Page = z.object({ next_cursor: z.string().nullish() });

const CALLED = LISTS.flatMap(({ list, by }) => by.map((caller) => [list.name, caller, list] as const));

it.each(CALLED)('%s, asked by %s, has a text for every filter, order and page', async (_name, caller, list) => {
  let texts = 0;
  const unwatch = watchRuns(() => (texts += 1));
  const context = test.as(callers[caller]);
  const isPaged = 'cursor' in list.input.shape;
  for (const asked of callsOf(list.input.shape)) {
    const first = isPaged ? { ...asked, page_size: 1, cursor: '' } : asked;
    const { next_cursor } = Page.parse(await list.execute(context, first));
    if (next_cursor) await list.execute(context, { ...first, cursor: next_cursor });
  }
  unwatch();
  expect(texts).toBeGreaterThan(0);
});

/** Each order, with only the filters that the list requires. */
const ordersAlone = (shape: Shape): Filters[] => {
  const always = Object.entries(shape).filter(([, schema]) => !z.safeParse(schema, undefined).success);
  const base = Object.fromEntries(always.map(([name, schema]) => [name, valuesOf(name, schema)[0]]));
  return ordersOf(shape).map((order) => ({ ...base, ...order }));
};

it.each(CALLED.filter(([, , list]) => 'direction' in list.input.shape))(
  '%s, asked by %s, finds pages of each order along an index, and sorts few records',
  async (_name, caller, list) => {
    const runs: Run[] = [];
    const unwatch = watchRuns((run) => void runs.push(run));
    for (const asked of ordersAlone(list.input.shape)) {
      const first = { ...asked, page_size: 1, cursor: '' };
      const { next_cursor } = Page.parse(await list.execute(test.as(callers[caller]), first));
      if (next_cursor) await list.execute(test.as(callers[caller]), { ...first, cursor: next_cursor });
    }
    unwatch();
    for (const run of runs)
      expect({ run: run.text, whole: await wholeTables(test.orm(), run) }).toEqual({ run: run.text, whole: [] });
  },
);
