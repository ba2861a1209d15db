import { DeletionId } from '@gatehouse/contract/ids';
import { createApplication } from '../application/create-application.ts';
import { deleteApplication } from '../application/delete-application.ts';
import { deleteApiProduct } from '../api-product/delete-api-product.ts';
import { acceptApproval } from '../approval/accept-approval.ts';
import { rejectApproval } from '../approval/reject-approval.ts';
import { register } from '../auth/register.ts';
import { createCredential } from '../credential/create-credential.ts';
import { eraseBatch } from '../deletion/erase-batch.ts';
import { finishDeletion } from '../deletion/finish-deletion.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { reactivateDeveloper } from '../developer/reactivate-developer.ts';
import { suspendDeveloper } from '../developer/suspend-developer.ts';
import { updateDeveloper } from '../developer/update-developer.ts';
import { trimCounters } from '../portal/trim-counters.ts';
import { createSubscription } from '../subscription/create-subscription.ts';
import { deleteSubscription } from '../subscription/delete-subscription.ts';
import { speakFor } from '../token/authenticate.ts';
import { admin, anonymous, type CoreTest, PASSWORD, portalToken, worker } from './core-test.ts';
import { publish } from './subscribers.ts';

type Target = { id: string; developer_id: string; portal_id: string; application_id: string };

/** What a change acts on: a database, portals, and a number that chooses among the records that exist. */
type Situation = { test: CoreTest; portals: string[]; n: number };
type Change = (situation: Situation) => Promise<unknown>;

/** MikroORM would expand an array. */
const literal = (values: readonly string[]) => `{${values.join(',')}}`;

async function pick({ test, portals, n }: Situation, sql: string): Promise<Target | undefined> {
  const rows = await test.rows<Target>(`${sql} order by 1`, [literal(portals)]);
  return rows[n % rows.length];
}

const on =
  (sql: string, change: (target: Target, situation: Situation) => Promise<unknown>): Change =>
  async (situation) => {
    const target = await pick(situation, sql);
    if (target) await change(target, situation);
  };

const DEVELOPER = 'select id, developer_id, portal_id from developer where portal_id = any(?) and left_at is null';
const APPROVAL = `select id from approval where portal_id = any(?) and status = 'pending'`;
const DELETION = `select id from deletion where portal_id = any(?) and status <> 'completed'`;
const PRODUCT = 'select id, portal_id from api_product where portal_id = any(?)';
const owned = (table: string) =>
  `select t.id, d.portal_id, d.developer_id from ${table} t join developer d on d.id = t.developer_uid
   where d.portal_id = any(?) and d.left_at is null`;

const portalOf = ({ portals, n }: Situation) => portals[n % portals.length] ?? '';
const unique = () => `u${crypto.randomUUID().slice(0, 18)}`;
const asDeveloper = async ({ test }: Situation, { portal_id, developer_id }: Target) =>
  test.as(await speakFor({ em: test.orm().em.fork(), actor: portalToken(portal_id) }, developer_id));
const refOf = ({ portal_id, developer_id }: Target) => ({ portal_id, developer_id });

class Rollback extends Error {}

/** A change of many rows that is committed, rolled back, or lost with its connection. A deadlock is the operator's. */
const bulk =
  (sql: string): Change =>
  async ({ test, portals, n }) => {
    const change = test
      .orm()
      .em.fork()
      .transactional(async (em) => {
        await em.execute(sql, [literal(portals)]);
        if (n % 3 === 1) throw new Rollback();
        if (n % 3 === 2) await em.execute('select pg_terminate_backend(pg_backend_pid())');
      });
    await change.catch((error: unknown) => {
      if (!(error instanceof Rollback || /terminat|deadlock/.test(String(error)))) throw error;
    });
  };

const COLUMNS = 'id, portal_id, developer_id, username, username_key, name, state, provider, created_at, updated_at';
const INSERT = `insert into developer (${COLUMNS})
  select gen_random_uuid(), portal_id, key, key, key, key, (array['Pending', 'Active', 'Suspended'])[1 + n % 3],
    (array['builtin', 'sso'])[1 + n % 2], now(), now()
  from (select portal_id, n, gen_random_uuid()::text as key
    from unnest(?::uuid[]) as portal_id, generate_series(1, 30) as n) as made`;
/** COPY to a file of the server and back, under other ids. */
const COPY = `do $$
  declare file text := current_setting('data_directory') || '/' || gen_random_uuid();
  begin
    execute format($q$copy (select gen_random_uuid(), portal_id, key, key, key, key, state, provider, now(), now()
      from (select *, gen_random_uuid()::text as key from developer limit 20) as copied) to %L$q$, file);
    execute format($q$copy developer (${COLUMNS}) from %L$q$, file);
  end $$`;

/** Changes of records that counters count. */
export const CHANGES: Record<string, Change> = {
  invite: (situation) =>
    inviteDeveloper.execute(situation.test.as(admin()), {
      portal_id: portalOf(situation),
      username: unique(),
      email: `${unique()}@example.org`,
    }),
  register: (situation) => {
    const [portal_id, username] = [portalOf(situation), unique()];
    const input = { portal_id, username, email: `${username}@example.org`, password: PASSWORD };
    return register.execute(situation.test.as(anonymous), input);
  },
  accept: on(APPROVAL, ({ id }, { test }) => acceptApproval.execute(test.as(admin()), { approval_id: id })),
  reject: on(APPROVAL, ({ id }, { test }) => rejectApproval.execute(test.as(admin()), { approval_id: id })),
  suspend: on(DEVELOPER, (target, { test }) => suspendDeveloper.execute(test.as(admin()), refOf(target))),
  reactivate: on(DEVELOPER, (target, { test }) => reactivateDeveloper.execute(test.as(admin()), refOf(target))),
  update: on(DEVELOPER, (target, { test }) =>
    updateDeveloper.execute(test.as(admin()), { ...refOf(target), name: unique() }),
  ),
  leave: on(DEVELOPER, (target, { test }) => deleteDeveloper.execute(test.as(admin()), refOf(target))),
  'erase a batch': on(DELETION, async ({ id }, { test }) => {
    const { done } = await eraseBatch(test.as(worker), DeletionId.parse(id), () => false);
    if (done) await finishDeletion.execute(test.as(worker), { deletion_id: id });
  }),
  'create an application': on(DEVELOPER, async (target, situation) =>
    createApplication.execute(await asDeveloper(situation, target), { name: 'application' }),
  ),
  'delete an application': on(owned('application'), ({ id, portal_id }, { test }) =>
    deleteApplication.execute(test.as(portalToken(portal_id)), { application_id: id }),
  ),
  'create a credential': on(owned('application'), ({ id, portal_id }, { test }) =>
    createCredential.execute(test.as(portalToken(portal_id)), { application_id: id, type: 'key-auth', name: 'key' }),
  ),
  'publish a product': (situation) =>
    publish(situation.test, portalOf(situation), { subscription_auto_approval: situation.n % 2 === 0 }),
  'delete a product': on(PRODUCT, ({ id, portal_id }, { test }) =>
    deleteApiProduct.execute(test.as(admin()), { portal_id, api_product_id: id }),
  ),
  subscribe: on(owned('application'), async (target, situation) => {
    const product = await pick({ ...situation, portals: [target.portal_id] }, PRODUCT);
    if (!product) return;
    const input = { application_id: target.id, api_product_id: product.id };
    await createSubscription.execute(await asDeveloper(situation, target), input);
  }),
  unsubscribe: on(owned('subscription'), ({ id, portal_id }, { test }) =>
    deleteSubscription.execute(test.as(portalToken(portal_id)), { subscription_id: id }),
  ),
  'trim counters': ({ test }) => trimCounters(test.as(worker)),
  'insert many': bulk(INSERT),
  'copy many': ({ test }) => test.rows(COPY),
  'suspend many': bulk(`update developer set state = 'Suspended' where portal_id = any(?) and state = 'Active'`),
  'touch many': bulk('update developer set last_active_at = now() where portal_id = any(?)'),
  'delete many': bulk('delete from developer where id in (select id from developer where portal_id = any(?) limit 20)'),
};
