import { z } from 'zod';
import { DeveloperState } from '@gatehouse/contract/developer';
import { rowsOf } from '@gatehouse/db/statement';
import { allOf } from '../list/fragment.ts';
import { rowId, type ApplicationId, type PortalId } from '@gatehouse/contract/ids';
import { notFound } from '@gatehouse/contract/errors';
import { Application } from '@gatehouse/db/entities/application.entity';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import type { Scope } from '../kernel/command.ts';
import { lockOwner } from '../developer/lock-owner.ts';
import { portalCaller, type PortalCaller } from '../portal/portal-caller.ts';
import { isId } from '../list/ids.ts';
import type { QueryScope } from '../kernel/query.ts';
import { APPLICATION_COLUMNS, APPLICATION_FROM, APPLICATION_ROW, seenBy } from './application.view.ts';

type Ref = { portal_id?: PortalId | undefined; application_id: ApplicationId };
const OwnedApplication = z.object({
  ...APPLICATION_ROW,
  developerUid: rowId.developer,
  developerState: DeveloperState,
});

/** Finds an application that the caller sees. Throws `not_found` for every other one. */
export async function authorizedApplication(
  scope: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  { portal_id, application_id }: Ref,
): Promise<{ row: z.output<typeof OwnedApplication>; caller: PortalCaller }> {
  const caller = portalCaller(scope, portal_id);
  const seen = seenBy(caller, 'a');
  const [row] = isId(application_id)
    ? await rowsOf(scope.em, {
        row: OwnedApplication,
        sql: `${FIND} and ${allOf(seen)}`,
        params: [application_id, ...seen.flatMap(({ params }) => params)],
      })
    : [];
  if (!row) throw notFound('application');
  return { row, caller };
}

const FIND = `select a.id, a.developer_uid as "developerUid", d.state as "developerState", ${APPLICATION_COLUMNS} from ${APPLICATION_FROM} where a.id = ?`;

/** Like `authorizedApplication`, and locks the application and its developer until the transaction ends. */
export async function lockApplication(
  scope: Scope,
  ref: Ref,
): Promise<{ application: Application; owner: Developer; caller: PortalCaller }> {
  const { row, caller } = await authorizedApplication(scope, ref);
  const [owner, application] = await Promise.all([
    lockOwner(scope, caller, row.developerUid),
    entityBy(scope.em, Application, { where: 'e.id = ?', values: [row.id], lock: 'for update' }),
  ]);
  if (!application) throw notFound('application');
  return { application, owner, caller };
}
