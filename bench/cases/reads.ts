import { PORTAL_TOKEN, PORTALS, PRODUCT } from '../data/ids.ts';
import { type Bench, type BenchCase, compareRow } from '../harness/bench.ts';
import { get, openSides, readSides } from '../harness/sides.ts';
import type { Row } from '../harness/table.ts';

const LISTS = {
  'approvals, pending': get('/approvals?status=pending'),
  'approvals of a portal': get(`/approvals?portal_id=${PORTALS.large}`),
  'approvals, all': get('/approvals'),
  'audit log of a portal': get(`/audit_events?portal_id=${PORTALS.large}`),
  'audit log': get('/audit_events'),
  'emails of a portal': get(`/emails?portal_id=${PORTALS.large}`),
  emails: get('/emails'),
  'subscriptions of a product': get(`/portals/${PORTALS.large}/api_products/${PRODUCT}/subscriptions`),
  'applications of a portal': get('/applications', PORTAL_TOKEN),
  'credentials of a portal': get('/credentials', PORTAL_TOKEN),
  'API products of a portal': get(`/portals/${PORTALS.large}/api_products`),
};

export const reads: BenchCase = {
  name: 'reads',
  about: 'get one developer, and a page of every other list',
  async run(bench) {
    await using sides = await openSides(bench);
    const one = await readSides(bench, sides, { name: 'one', ours: (await someIds(bench)).map(getOne) });
    const rows: Row[] = [await compareRow(bench, { bar: 'get', what: 'get one', ...one, aim: { share: 0.6 } })];
    for (const [what, request] of Object.entries(LISTS)) {
      const list = await readSides(bench, sides, { name: 'other', ours: [request] });
      rows.push(await compareRow(bench, { bar: 'lists', what, ...list, aim: { cpu: 0.8 } }));
    }
    return rows;
  },
};

const getOne = (id: string) => get(`/portals/${PORTALS.large}/developers/${id}`);

/** Developers all over the portal. */
async function someIds({ database }: Pick<Bench, 'database'>): Promise<string[]> {
  const { rows } = await database.query<{ developer_id: string }>(
    `select developer_id from developer where portal_id = $1 and developer_id > 'dev_' || substr(md5($2), 1, 3)
     and left_at is null order by portal_id, developer_id limit 2000`,
    [PORTALS.large, 'seed'],
  );
  return rows.map(({ developer_id }) => developer_id);
}
