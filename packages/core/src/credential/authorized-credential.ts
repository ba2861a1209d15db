import { z } from 'zod';
import { DeveloperState } from '@gatehouse/contract/developer';
import { rowsOf } from '@gatehouse/db/statement';
import { allOf } from '../list/fragment.ts';
import type { ApplicationId, CredentialId, PortalId } from '@gatehouse/contract/ids';
import { fieldError, notFound } from '@gatehouse/contract/errors';
import type { Developer } from '@gatehouse/db/entities/developer.entity';
import { Credential } from '@gatehouse/db/entities/credential.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import { seenBy } from '../application/application.view.ts';
import { lockApplication } from '../application/authorized-application.ts';
import type { Scope } from '../kernel/command.ts';
import { portalCaller, type PortalCaller } from '../portal/portal-caller.ts';
import { isId } from '../list/ids.ts';
import type { QueryScope } from '../kernel/query.ts';
import { CREDENTIAL_COLUMNS, CREDENTIAL_FROM, CREDENTIAL_ROW, type CredentialRow } from './credential.view.ts';

type Ref = { portal_id?: PortalId | undefined; application_id: ApplicationId; credential_id: CredentialId };
const OwnedCredential = z.object({ ...CREDENTIAL_ROW, developerState: DeveloperState });

/** Finds a credential that the caller sees. Throws `not_found` for every other one. */
export async function authorizedCredential(
  scope: Pick<QueryScope, 'em' | 'actor' | 'authorize'>,
  { portal_id, application_id, credential_id }: Ref,
): Promise<{ row: z.output<typeof OwnedCredential>; caller: PortalCaller }> {
  const caller = portalCaller(scope, portal_id);
  const seen = seenBy(caller, 'c');
  const [row] =
    isId(application_id) && isId(credential_id)
      ? await rowsOf(scope.em, {
          row: OwnedCredential,
          sql: `${FIND} and ${allOf(seen)}`,
          params: [credential_id, application_id, ...seen.flatMap(({ params }) => params)],
        })
      : [];
  if (!row) throw notFound('credential');
  return { row, caller };
}

const FIND = `select c.id, d.state as "developerState", ${CREDENTIAL_COLUMNS} from ${CREDENTIAL_FROM}
  where c.id = ? and a.id = ?`;

type LockedCredential = {
  credential: Credential;
  owner: Developer;
  caller: PortalCaller;
  parent: Pick<CredentialRow, 'applicationId' | 'applicationName' | 'developerId'>;
};

/** Like `authorizedCredential`, and locks the credential, its application and its developer until the transaction ends. */
export async function lockCredential(scope: Scope, { credential_id, ...ref }: Ref): Promise<LockedCredential> {
  const { application, owner, caller } = await lockApplication(scope, ref);
  const credential = isId(credential_id)
    ? await entityBy(scope.em, Credential, {
        where: 'e.id = ? and e.application_id = ?',
        values: [credential_id, application.id],
        lock: 'for update',
      })
    : null;
  if (!credential) throw notFound('credential');
  const parent = { applicationId: application.id, applicationName: application.name, developerId: owner.developerId };
  return { credential, owner, caller, parent };
}

/** A caller that expects another type is probably about to change the wrong credential. */
export function assertType(credential: Pick<Credential, 'type'>, type: string): void {
  if (credential.type !== type)
    throw fieldError('invalid_input', 'type', `Must be ${credential.type}, the type of this credential.`);
}
