import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { listApiProducts } from '../api-product/list-api-products.ts';
import { listVisibleApiProducts } from '../api-product/list-visible-api-products.ts';
import { listApplications } from '../application/list-applications.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { listCredentials } from '../credential/list-credentials.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { listPortalDevelopers } from '../portal-developer/list-portal-developers.ts';
import { listLabels } from '../label/list-labels.ts';
import { listLoginOptions } from '../login-option/list-login-options.ts';
import { PAGE_BYTES, upToBytes } from './page-bytes.ts';
import { listPortals } from '../portal/list-portals.ts';
import { admin, coreTest, portalToken } from '../testing/core-test.ts';
import { subscriber } from '../testing/subscribers.ts';
import { listTokens } from '../token/list-tokens.ts';

const test = coreTest();
let portal_id: string;
let application_id: string;
beforeAll(async () => {
  portal_id = await test.portal();
  const ada = await subscriber(test, portal_id);
  application_id = await ada.application();
  for (const insert of FILL) await test.rows(`insert into ${insert} returning 1`, [portal_id, ada.uid, application_id]);
});

const [COUNT, SIZE] = [16, 150_000];
const TEXT = `repeat('"', ${SIZE})`;
const LABELS = `jsonb_build_object('k' || n, ${TEXT})`;
const EACH = `from generate_series(1, ${COUNT}) n, (select ?::uuid as portal, ?::uuid as developer, ?::uuid as application) given`;
/** Records as large as older releases accepted. Their quotes are escaped in JSON, which doubles the size. */
const FILL = [
  `application (id, developer_uid, name, "desc", created_at, updated_at)
   select gen_random_uuid(), developer, 'a', ${TEXT}, now(), now() ${EACH}`,
  `credential (id, application_id, type, name, labels, created_at, updated_at)
   select gen_random_uuid(), application, 'key-auth', 'k', ${LABELS}, now(), now() ${EACH}`,
  `api_product (id, portal_id, name, "desc", labels, type, status, visibility, created_at, updated_at)
   select gen_random_uuid(), portal, 'p', ${TEXT}, ${LABELS}, 'gateway', 'published', 'public', now(), now() ${EACH}`,
  `developer (id, developer_id, portal_id, username, username_key, name, labels, admin_labels, state, provider, created_at, updated_at)
   select gen_random_uuid(), n::text, portal, n::text, n::text, 'd', ${LABELS}, ${LABELS}, 'Active', 'builtin', now(), now() ${EACH}`,
  `approval (id, portal_id, event, status, result, resource_type, resource_id, resource_name, applicant_id, applicant_name, metadata, applied_at, created_at, updated_at)
   select gen_random_uuid(), portal, 'developer_registration', 'finished', 'accepted', 'developer', 'd', 'd', 'd', 'd', repeat(chr(1), 60000), now(), now(), now() ${EACH}`,
  `login_option (id, portal_id, name, provider_type, config, secrets, created_at, updated_at)
   select gen_random_uuid(), portal, 'l', 'saml', jsonb_build_object('idp_metadata', ${TEXT}), '{}', now(), now() ${EACH}`,
  `portal (id, name, slug, labels, settings, created_at, updated_at)
   select gen_random_uuid(), 'p', 's' || n, ${LABELS}, '{}', now(), now() ${EACH}`,
];

type ListRequest = { page?: number; page_size?: number; cursor?: string; direction?: 'asc' | 'desc' };
type Page = { list: { id: string }[]; total: number; next_cursor?: string | null | undefined };

const LISTS: Record<string, (asked: ListRequest) => Promise<Page>> = {
  applications: (asked) => listApplications.execute(test.as(portalToken(portal_id)), asked),
  credentials: (asked) => listCredentials.execute(test.as(portalToken(portal_id)), asked),
  'API products': (asked) => listApiProducts.execute(test.as(admin()), { portal_id, ...asked }),
  'visible API products': (asked) => listVisibleApiProducts.execute(test.as(portalToken(portal_id)), asked),
  developers: (asked) => listDevelopers.execute(test.as(admin()), { portal_id, ...asked }),
  'developers for front ends': (asked) => listPortalDevelopers.execute(test.as(portalToken(portal_id)), asked),
  approvals: (asked) => listApprovals.execute(test.as(admin()), asked),
  'login options': (asked) => listLoginOptions.execute(test.as(admin()), { portal_id, ...asked }),
  portals: (asked) => listPortals.execute(test.as(admin()), asked),
};

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The ids of all records from `first` on. Expects every page to stay within the limit. */
async function walk(
  list: (asked: ListRequest) => Promise<Page>,
  first: ListRequest,
  rest: ListRequest,
): Promise<string[]> {
  const ids: string[] = [];
  for (let asked = first; ;) {
    const page = await list(asked);
    expect(bytesOf(page.list)).toBeLessThanOrEqual(PAGE_BYTES);
    ids.push(...page.list.map(({ id }) => id));
    if (!page.next_cursor) return ids;
    asked = { ...rest, cursor: page.next_cursor };
  }
}

describe.each(Object.entries(LISTS))('a page of %s', (_name, list) => {
  it('ends at 2 MB, by number and by cursor, and its cursor returns the rest', async () => {
    const numbered = await list({ page: 1, page_size: 500 });
    expect(numbered.list.length).toBeLessThan(numbered.total);
    expect(numbered.total).toBeGreaterThanOrEqual(COUNT);
    expect(bytesOf(numbered.list)).toBeGreaterThan(PAGE_BYTES - 700_000);
    const byNumber = await walk(list, { page: 1, page_size: 500 }, { page_size: 500 });
    const byCursor = await walk(list, { cursor: '', page_size: 7 }, { page_size: 7 });
    expect(new Set(byNumber).size).toBe(numbered.total);
    expect(byCursor).toEqual(byNumber);
  });

  it('has no cursor if the page size ended it', async () => {
    expect(await list({ page: 1, page_size: 1 })).not.toHaveProperty('next_cursor');
  });
});

it('cursors return each record once with any page size and direction', async () => {
  const list = LISTS['applications'];
  if (!list) throw new Error('The list of applications is missing.');
  const all = await walk(list, { cursor: '', page_size: 500 }, { page_size: 500 });
  const directions = fc.constantFrom('asc' as const, 'desc' as const);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), directions, async (page_size, direction) => {
      const walked = await walk(list, { cursor: '', page_size, direction }, { page_size, direction });
      expect(walked).toEqual(direction === 'desc' ? all : all.toReversed());
    }),
    { numRuns: 10 },
  );
});

it('PostgreSQL sends one record beyond the limit, and at least one record', async () => {
  const sent = async (size: number) => {
    const page = `select n as position, n as sort, repeat('x', ${size}) as text, ${size} as bytes from generate_series(1, 100) n`;
    return (await test.rows<{ position: number; fetched: number }>(upToBytes(page, 'asc'))).map(
      ({ position, fetched }) => [position, fetched],
    );
  };
  expect((await sent(300_000)).at(-1)).toEqual([7, 100]);
  expect(await sent(3_000_000)).toEqual([[1, 100]]);
});

it('counts up to 10,000 records and marks a larger total as capped', async () => {
  const fill = (count: number) =>
    test.rows(
      `insert into token (id, kind, name, scopes, hash, prefix, created_at)
       select gen_random_uuid(), 'admin', 't', '[]', gen_random_uuid()::text, 'p', now() from generate_series(1, ?) returning 1`,
      [count],
    );
  const list = () => listTokens.execute(test.as(admin()), { kind: 'admin', page_size: 1 });
  await fill(10_000);
  const exact = await list();
  expect([exact.total, exact.total_capped]).toEqual([10_000, undefined]);
  await fill(1);
  expect(await list()).toMatchObject({ total: 10_000, total_capped: true });
});

it('the answer with labels ends at 2 MB', async () => {
  const labels = await listLabels.execute(test.as(portalToken(portal_id)), { resource_type: 'api_product' });
  expect(Object.keys(labels).length).toBeGreaterThan(3);
  expect(bytesOf(labels)).toBeLessThanOrEqual(PAGE_BYTES);
});
