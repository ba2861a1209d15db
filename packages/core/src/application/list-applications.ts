import { ApplicationPage, ListApplicationsInput, type ListedApplication } from '@gatehouse/contract/application';
import { fragment, listPage, matchesAny, type Fragment } from '../list/list.ts';
import { enterPortal } from '../portal/enter-portal.ts';
import { assertPublished } from '../portal/published.ts';
import { query } from '../kernel/query.ts';
import { bestStatus } from './subscription-status.ts';
import {
  APPLICATION_COLUMNS,
  APPLICATION_FROM,
  applicationView,
  seenBy,
  type ApplicationRow,
} from './application.view.ts';

export const listApplications = query({
  name: 'applications.list',
  access: 'applications:read',
  summary: 'List the applications of a portal, or of the developer on whose behalf the call is made',
  input: ListApplicationsInput,
  output: ApplicationPage,
  async run(scope, input) {
    const { caller } = await enterPortal(scope, input);
    const { api_product_id } = input;
    if (api_product_id !== undefined) await assertPublished(scope.em, caller, api_product_id);
    return listPage<Row, ListedApplication>(scope, input, {
      select: api_product_id === undefined ? APPLICATION_COLUMNS : withStatus(api_product_id),
      from: APPLICATION_FROM,
      id: 'a.id',
      where: [
        ...seenBy(caller),
        ...(input.labels ? [fragment('a.labels @> ?::jsonb', JSON.stringify(input.labels))] : []),
        ...matchesAny(['a.search_text', 'label_text(a.labels)'], input.search),
      ],
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
  },
});

type Row = ApplicationRow & { sort: string | null; subscriptionStatus?: ListedApplication['subscription_status'] };

/** The subscription status of each application for one API product, as the subscription dialog of a front end needs it. */
function withStatus(apiProduct: string): Fragment {
  const { sql, params } = bestStatus(fragment('s.application_id = a.id and s.api_product_id = ?', apiProduct));
  return fragment(`${APPLICATION_COLUMNS}, ${sql} as "subscriptionStatus"`, ...params);
}
