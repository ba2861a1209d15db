import { expect, it } from 'vitest';
import { createCredential } from '../credential/create-credential.ts';
import { listCredentials } from '../credential/list-credentials.ts';
import { listSubscriptions } from '../subscription/list-subscriptions.ts';
import { actingDeveloper } from '../testing/acting.ts';
import { coreTest, portalToken } from '../testing/core-test.ts';
import { crowd, searchPlans } from '../testing/search-plans.ts';
import { createApplication } from './create-application.ts';
import { listApplications } from './list-applications.ts';
import { updateApplication } from './update-application.ts';

const test = coreTest();
const namesOf = ({ list }: { list: { name: string }[] }): string[] => list.map(({ name }) => name).toSorted();

const labels = { 'k8s/Namespace': 'Wetterdienst', team: 'a"b\\c 50%' };

it('search finds applications and credentials by the keys and values of their labels', async () => {
  const ada = await actingDeveloper(test, await test.portal());
  const { application_id } = ada;
  await createApplication.execute(ada.as(), { name: 'Weather', labels });
  await createCredential.execute(ada.as(), { application_id, type: 'key-auth', name: 'Weather key', labels });
  await createCredential.execute(ada.as(), { application_id, type: 'key-auth', name: 'Other' });
  const found = async (search: string) => [
    ...namesOf(await listApplications.execute(ada.as(), { search })),
    ...namesOf(await listCredentials.execute(ada.as(), { search })),
  ];
  for (const term of ['wetterdienst', 'TTERD', 'k8s/name', 'namespace', 'a"b\\c', '50%', 'te', 'k8', 'Weather'])
    expect([term, await found(term)]).toEqual([term, ['Weather', 'Weather key']]);
  // JSON syntax, the middle of a word for a short term, and text across key and value must not match.
  for (const term of ['":', '{"', '\\"', 'er', 'namespacewetter', '5_%'])
    expect([term, await found(term)]).toEqual([term, []]);
  const { list } = await listApplications.execute(ada.as(), { search: 'wetterdienst' });
  await updateApplication.execute(ada.as(), { application_id: list[0]?.id ?? '', labels: {} });
  expect(namesOf(await listApplications.execute(ada.as(), { search: 'wetterdienst' }))).toEqual([]);
});

it('search uses one index for names and one for labels', async () => {
  const portal_id = await test.portal();
  await crowd(test, portal_id);
  const portal = test.as(portalToken(portal_id));
  const calls = [
    {
      call: () => listApplications.execute(portal, { search: 'weather' }),
      indexes: ['application_search', 'application_label_search'],
    },
    {
      call: () => listCredentials.execute(portal, { search: 'weather' }),
      indexes: ['credential_search', 'credential_label_search'],
    },
    { call: () => listSubscriptions.execute(portal, { search: 'weather' }), indexes: ['application_label_search'] },
  ];
  for (const { call, indexes } of calls) {
    const plans = await searchPlans(test, call);
    expect(plans).toHaveLength(1);
    for (const plan of plans) for (const index of indexes) expect(plan).toContain(index);
  }
});
