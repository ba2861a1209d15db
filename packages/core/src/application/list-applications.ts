import { ApplicationPage, ListApplicationsInput, type Application } from '@gatehouse/contract/application';
import { fragment, listPage, matches } from '../list.ts';
import { findPortal } from '../portal/find-portal.ts';
import { portalCaller } from '../portal/portal-caller.ts';
import { query } from '../query.ts';
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
    const { decision, caller } = portalCaller(scope.actor, input.portal_id);
    scope.authorize(decision);
    await findPortal(scope.em, caller.portalId);
    return listPage<ApplicationRow & { sort: string | null }, Application>(scope, input, {
      select: APPLICATION_COLUMNS,
      from: APPLICATION_FROM,
      id: 'a.id',
      where: [
        ...seenBy(caller),
        ...(input.labels ? [fragment('a.labels @> ?::jsonb', JSON.stringify(input.labels))] : []),
        ...matches('a.search_text', input.search),
      ],
      order: {
        created_at: { column: 'a.created_at', type: 'timestamptz' },
        updated_at: { column: 'a.updated_at', type: 'timestamptz' },
      },
      defaultOrder: 'updated_at',
      present: (row) => applicationView(row, row.developerId),
    });
  },
});
