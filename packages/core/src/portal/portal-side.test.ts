import { describe, expect, it } from 'vitest';
import { createApiProduct } from '../api-product/create-api-product.ts';
import { listApiCalls } from '../application/list-api-calls.ts';
import { createApplication } from '../application/create-application.ts';
import { listDcrProviders } from '../dcr-provider/list-dcr-providers.ts';
import { createPortalDeveloper } from '../portal-developer/create-portal-developer.ts';
import { deletePortalDeveloper } from '../portal-developer/delete-portal-developer.ts';
import { smtpServerStatus } from '../system-settings/smtp-server-status.ts';
import { listLabels } from '../label/list-labels.ts';
import { admin, codeOf, coreTest, portalToken } from '../testing/core-test.ts';
import { speakFor } from '../token/authenticate.ts';
import { publicAccess } from '../system-settings/public-access.ts';

const test = coreTest();

async function developerOf(portal_id: string, developer_id: string) {
  await createPortalDeveloper.execute(test.as(portalToken(portal_id)), { developer_id });
  return test.as(await speakFor({ em: test.as(admin()).em, actor: portalToken(portal_id) }, developer_id));
}

describe('labels', () => {
  it('come from the applications and credentials that the caller sees', async () => {
    const [own, foreign] = [
      await test.portal({ registration_auto_approval: true }),
      await test.portal({ registration_auto_approval: true }),
    ];
    const [ada, bob, eve] = [
      await developerOf(own, 'ada'),
      await developerOf(own, 'bob'),
      await developerOf(foreign, 'eve'),
    ];
    const { id } = await createApplication.execute(ada, { name: 'Shop', labels: { tier: 'gold', team: 'a' } });
    await createApplication.execute(ada, { name: 'Blog', labels: { tier: 'gold' } });
    await createApplication.execute(bob, { name: 'Shop', labels: { tier: 'free' } });
    await createApplication.execute(eve, { name: 'Shop', labels: { secret: 'theirs' } });
    await test.rows(
      `insert into credential (id, application_id, type, name, labels, created_at, updated_at)
       values (gen_random_uuid(), ?, 'key-auth', 'key', '{"env":"prod"}', now(), now()) returning 1`,
      [id],
    );
    const applications = { resource_type: 'developer_application' } as const;
    const credentials = { resource_type: 'developer_credential' } as const;
    const portal = test.as(portalToken(own));
    expect(await listLabels.execute(ada, applications)).toEqual({ team: ['a'], tier: ['gold'] });
    expect(await listLabels.execute(portal, applications)).toEqual({ team: ['a'], tier: ['free', 'gold'] });
    expect(await listLabels.execute(test.as(admin()), { ...applications, portal_id: foreign })).toEqual({
      secret: ['theirs'],
    });
    expect(await listLabels.execute(ada, credentials)).toEqual({ env: ['prod'] });
    expect(await listLabels.execute(bob, credentials)).toEqual({});
    expect(await codeOf(listLabels.execute(portal, { ...applications, portal_id: foreign }))).toBe('not_found');
    await deletePortalDeveloper.execute(portal, { developer_id: 'ada' });
    expect(await listLabels.execute(portal, applications)).toEqual({ tier: ['free'] });
    expect(await listLabels.execute(portal, credentials)).toEqual({});
  });

  it('of API products come from published ones, and require no developer', async () => {
    const [portal_id, foreign] = [await test.portal(), await test.portal()];
    const product = (portal: string, name: string, status: 'draft' | 'published') =>
      createApiProduct.execute(test.as(admin()), { portal_id: portal, name, status, labels: { name } });
    await product(portal_id, 'weather', 'published');
    await product(portal_id, 'secret', 'draft');
    await product(foreign, 'theirs', 'published');
    const labels = await listLabels.execute(test.as(portalToken(portal_id)), { resource_type: 'api_product' });
    expect(labels).toEqual({ name: ['weather'] });
  });

  it('are limited to the first thousand pairs', async () => {
    const portal_id = await test.portal();
    await test.rows(
      `insert into api_product (id, portal_id, name, labels, type, status, visibility, created_at, updated_at)
       select gen_random_uuid(), ?, 'p', jsonb_build_object('n', lpad(n::text, 5, '0')), 'gateway', 'published', 'public', now(), now()
       from generate_series(1, 1200) n returning 1`,
      [portal_id],
    );
    const { n = [] } = await listLabels.execute(test.as(portalToken(portal_id)), { resource_type: 'api_product' });
    expect([n.length, n[0], n.at(-1)]).toEqual([1000, '00001', '01000']);
  });

  it('require the scope of their records', async () => {
    const portal_id = await test.portal();
    const codes = async (scope: 'credentials:read' | 'applications:write' | 'developers:read') => {
      const token = test.as(portalToken(portal_id, ['api_products:read', scope]));
      const types = ['api_product', 'developer_application', 'developer_credential'] as const;
      return Promise.all(types.map((resource_type) => codeOf(listLabels.execute(token, { resource_type }))));
    };
    expect(await codes('developers:read')).toEqual(['none', 'forbidden', 'forbidden']);
    expect(await codes('applications:write')).toEqual(['none', 'none', 'forbidden']);
    expect(await codes('credentials:read')).toEqual(['none', 'forbidden', 'none']);
  });
});

describe('system settings', () => {
  it('show the public access of the portal and the state of the mail server', async () => {
    const [open, closed] = [await test.portal(), await test.portal({ public_access: false })];
    expect(await publicAccess.execute(test.as(portalToken(open)), {})).toEqual({ portal_public_access: true });
    expect(await publicAccess.execute(test.as(portalToken(closed)), {})).toEqual({ portal_public_access: false });
    expect(await codeOf(publicAccess.execute(test.as(portalToken(open)), { portal_id: closed }))).toBe('not_found');
    expect(await codeOf(publicAccess.execute(test.as(admin()), {}))).toBe('invalid_input');
    const context = test.as(portalToken(open));
    for (const smtpEnabled of [true, false])
      expect(
        await smtpServerStatus.execute({ ...context, settings: { ...context.settings, smtpEnabled } }, {}),
      ).toEqual({ enable: smtpEnabled });
  });
});

it('the list of API calls is empty, and its filters are validated', async () => {
  const portal_id = await test.portal({ registration_auto_approval: true });
  const ada = await developerOf(portal_id, 'ada');
  const times = { start_at: 1_764_000_000, end_at: 1_764_086_400 };
  const ids = ['0190f3a0-0000-7000-8000-000000000000'];
  for (const filter of [{}, { application_id: ids }, { api_product_id: ids, credential_id: ids }])
    expect(await listApiCalls.execute(ada, { ...times, ...filter })).toEqual({ list: [], total: 0 });
  const wrong = [{ end_at: 1 }, { start_at: -1 }, { start_at: 1.5 }, { application_id: ['x'] }, { credential_id: [] }];
  for (const given of wrong)
    expect([given, await codeOf(listApiCalls.execute(ada, { ...times, ...given }))]).toEqual([given, 'invalid_input']);
  const elsewhere = { ...times, portal_id: await test.portal() };
  expect(await codeOf(listApiCalls.execute(ada, elsewhere))).toBe('not_found');
});

it('the list of DCR providers is empty for every existing portal', async () => {
  const portal = test.as(portalToken(await test.portal()));
  expect(await listDcrProviders.execute(portal, { page: 1, page_size: 5 })).toEqual({ list: [], total: 0 });
  const absent = { portal_id: '0190f3a0-0000-7000-8000-000000000000' };
  expect(await codeOf(listDcrProviders.execute(test.as(admin()), absent))).toBe('not_found');
});
