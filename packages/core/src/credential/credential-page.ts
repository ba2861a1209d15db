import type { PortalId } from '@gatehouse/contract/ids';
import { z } from 'zod';
import type { ListCredentialsInput } from '@gatehouse/contract/credential';
import { seenBy } from '../application/application.view.ts';
import { areUnset, counted } from '../list/counted.ts';
import { equalsConstant, fragment, hasLabels, isOneOf } from '../list/fragment.ts';
import type { ExactTotal } from '../list/source.ts';
import { listPage, listRow } from '../list/list.ts';
import { matchesAny } from '../list/search.ts';
import type { PortalCaller } from '../portal/portal-caller.ts';
import { isOfStaying } from '../portal/is-of-staying.ts';
import type { QueryScope } from '../kernel/query.ts';
import { CREDENTIAL_ROW, CREDENTIAL_COLUMNS, CREDENTIAL_FROM, credentialView } from './credential.view.ts';

type Input = Omit<z.output<typeof ListCredentialsInput>, 'application_id'>;

/** A page of the credentials that the caller sees, optionally only those of some applications. */
export const credentialPage = (
  scope: QueryScope,
  input: Input,
  { caller, applications }: { caller: PortalCaller; applications: string[] | undefined },
) =>
  listPage(scope, input, {
    row: z.object({ ...CREDENTIAL_ROW, ...listRow }),
    select: CREDENTIAL_COLUMNS,
    from: 'credential c',
    rows: CREDENTIAL_FROM,
    id: 'c.id',
    where: [...seenBy(caller, 'c'), isOfStaying('c')],
    filters: [
      ...(applications ? [isOneOf('c.application_id', applications)] : []),
      ...equalsConstant('c.type', input.auth_method),
      ...equalsConstant('c.type', input.plugin_name),
      ...hasLabels('c.labels', input.labels),
      ...matchesAny({ text: 'c.search_text', labels: 'c.labels' }, input.search),
    ],
    exactTotal:
      caller.developer || applications || !areUnset(input.auth_method, input.plugin_name, input.labels, input.search)
        ? undefined
        : countedIn(caller.portalId),
    large: ['c."desc"', 'c.labels'],
    order: {
      updated_at: { column: 'c.updated_at', type: 'timestamptz' },
      created_at: { column: 'c.created_at', type: 'timestamptz' },
      name: { column: 'c.name', type: 'text' },
    },
    defaultOrder: 'updated_at',
    present: (row) => credentialView(row, row),
  });

function countedIn(portalId: PortalId): ExactTotal {
  const hidden = {
    join: 'credential c on c.developer_uid = d.id',
    where: [fragment('d.portal_id = ?', portalId)],
  };
  return counted({ table: 'credential', as: 'c', where: [fragment('c.portal_id = ?', portalId)], hidden });
}
