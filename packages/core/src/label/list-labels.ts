import { z } from 'zod';
import { rowsOf, sure } from '@gatehouse/db/statement';
import { LabelValues, ListLabelsInput, type LabelledResource } from '@gatehouse/contract/portal-side';
import type { Access } from '@gatehouse/contract/scopes';
import { listedFor } from '../portal/published.ts';
import { seenBy } from '../application/application.view.ts';
import { allOf, type Fragment } from '../list/fragment.ts';
import { fitting, PAGE_BYTES } from '../list/page-bytes.ts';
import { pageIn } from '../portal/page-in.ts';
import { portalCaller, type PortalCaller } from '../portal/portal-caller.ts';
import { isOfStaying } from '../portal/is-of-staying.ts';
import { query } from '../kernel/query.ts';
import { requireAccess } from '../kernel/use-case.ts';

/** The most records and stored bytes that are read, newest first. They suffice for a menu of labels. */
const RECORDS = 10_000;
const STORED_BYTES = 16_000_000;
/** The most key-value pairs in a response. */
const PAIRS = 1000;

type Source = { access: Access; from: string; labelled: string; seen(caller: PortalCaller): Fragment[] };

const SOURCES: Record<LabelledResource, Source> = {
  developer_credential: {
    access: 'credentials:read',
    from: 'credential c',
    labelled: 'c',
    seen: (caller) => [...seenBy(caller, 'c'), isOfStaying('c')],
  },
  developer_application: {
    access: 'applications:read',
    from: 'application a',
    labelled: 'a',
    seen: (caller) => [...seenBy(caller, 'a'), isOfStaying('a')],
  },
  api_product: {
    access: 'api_products:read',
    from: 'api_product p',
    labelled: 'p',
    seen: listedFor,
  },
};

export const listLabels = query({
  name: 'labels.list',
  access: 'api_products:read',
  summary: 'List the labels of the records that the caller can see, each key with its values',
  input: ListLabelsInput,
  output: LabelValues,
  async run(scope, { portal_id, resource_type }) {
    const source = SOURCES[resource_type];
    requireAccess(scope.actor, source.access);
    const caller = portalCaller(scope, portal_id);
    const read = async () => ({
      list: fitting(await rowsOf(scope.em, { row: Pair, ...pairsQuery(source, source.seen(caller)) })),
    });
    const { list: pairs } = await pageIn(scope, caller.portalId, read);
    const byKey = Map.groupBy(pairs, ({ key }) => key);
    return Object.fromEntries([...byKey].map(([key, held]) => [key, held.map(({ value }) => value)]));
  },
});

const Pair = z.object({
  key: sure(z.string(), 'a key of an object'),
  value: sure(z.string(), 'labels have no value null'),
});

const pairsQuery = ({ from, labelled }: Source, seen: Fragment[]): Fragment => ({
  sql: [
    'select key, value from (',
    'select key, value, sum(octet_length(key) + octet_length(value)) over (order by key, value) as bytes from (',
    'select distinct l.key, l.value from (',
    'select labels, sum(pg_column_size(labels)) over (order by created_at desc, id desc) as stored from (',
    `select ${labelled}.id, ${labelled}.created_at, ${labelled}.labels from ${from} where ${allOf(seen)}`,
    `order by ${labelled}.created_at desc, ${labelled}.id desc limit ?`,
    `) as newest) as r, jsonb_each_text(r.labels) as l where stored <= ${STORED_BYTES}`,
    `order by l.key, l.value limit ?) as pairs) as measured where bytes <= ${PAGE_BYTES} order by key, value`,
  ].join(' '),
  params: [...seen.flatMap(({ params }) => params), RECORDS, PAIRS],
});
