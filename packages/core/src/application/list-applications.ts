import type { PortalId } from '@gatehouse/contract/ids';
import { SubscriptionStatus } from '@gatehouse/contract/subscription';
import { z } from 'zod';
import { ApplicationPage, ListApplicationsInput } from '@gatehouse/contract/application';
import { areUnset, counted } from '../list/counted.ts';
import { fragment, hasLabels, type Fragment } from '../list/fragment.ts';
import type { ExactTotal } from '../list/source.ts';
import { listPage, listRow } from '../list/list.ts';
import { matchesAny } from '../list/search.ts';
import { pageIn } from '../portal/page-in.ts';
import { portalCaller } from '../portal/portal-caller.ts';
import { assertPublished } from '../portal/published.ts';
import { isOfStaying } from '../portal/is-of-staying.ts';
import { query } from '../kernel/query.ts';
import { bestStatus } from './subscription-status.ts';
import { APPLICATION_ROW, APPLICATION_COLUMNS, APPLICATION_FROM, applicationView, seenBy } from './application.view.ts';

export const listApplications = query({
  name: 'applications.list',
  access: 'applications:read',
  summary: 'List the applications of a portal, or of the developer on whose behalf the call is made',
  input: ListApplicationsInput,
  output: ApplicationPage,
  async run(scope, input) {
    const caller = portalCaller(scope, input.portal_id);
    const { api_product_id } = input;
    if (api_product_id !== undefined) await assertPublished(scope.em, caller, api_product_id);
    const read = () =>
      listPage(scope, input, {
        row: z.object({ ...APPLICATION_ROW, subscriptionStatus: SubscriptionStatus.nullable(), ...listRow }),
        select: withStatus(api_product_id),
        from: 'application a',
        rows: APPLICATION_FROM,
        id: 'a.id',
        where: [...seenBy(caller, 'a'), isOfStaying('a')],
        filters: [
          ...hasLabels('a.labels', input.labels),
          ...matchesAny({ text: 'a.search_text', labels: 'a.labels' }, input.search),
        ],
        exactTotal: caller.developer || !areUnset(input.labels, input.search) ? undefined : countedIn(caller.portalId),
        large: ['a."desc"', 'a.labels'],
        order: {
          created_at: { column: 'a.created_at', type: 'timestamptz' },
          updated_at: { column: 'a.updated_at', type: 'timestamptz' },
        },
        defaultOrder: 'updated_at',
        present: (row) => ({
          ...applicationView(row, row.developerId),
          ...(row.subscriptionStatus ? { subscription_status: row.subscriptionStatus } : {}),
        }),
      });
    return pageIn(scope, caller.portalId, read);
  },
});

function countedIn(portalId: PortalId): ExactTotal {
  const hidden = {
    join: 'application a on a.developer_uid = d.id',
    where: [fragment('d.portal_id = ?', portalId)],
  };
  return counted({ table: 'application', as: 'a', where: [fragment('a.portal_id = ?', portalId)], hidden });
}

/** The subscription status of each application for one API product, as the subscription dialog of a front end needs it. */
function withStatus(apiProduct: string | undefined): Fragment {
  const { sql, params } =
    apiProduct === undefined
      ? fragment('null::text')
      : bestStatus(fragment('s.application_id = a.id and s.api_product_id = ?', apiProduct));
  return fragment(`${APPLICATION_COLUMNS}, ${sql} as "subscriptionStatus"`, ...params);
}
