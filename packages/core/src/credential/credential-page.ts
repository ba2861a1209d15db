import type { Credential, ListCredentialsInput } from '@gatehouse/contract/credential';
import type { z } from 'zod';
import { seenBy } from '../application/application.view.ts';
import { equals, fragment, listPage, matchesAny, type Fragment } from '../list/list.ts';
import type { PortalCaller } from '../portal/portal-caller.ts';
import type { QueryScope } from '../kernel/query.ts';
import { CREDENTIAL_COLUMNS, CREDENTIAL_FROM, credentialView, type CredentialRow } from './credential.view.ts';

type Input = Omit<z.output<typeof ListCredentialsInput>, 'application_id'>;

/** A page of the credentials that the caller sees, optionally only those of some applications. */
export const credentialPage = (
  scope: QueryScope,
  input: Input,
  { caller, applications }: { caller: PortalCaller; applications: string[] | undefined },
) =>
  listPage<CredentialRow & { sort: string | null }, Credential>(scope, input, {
    select: CREDENTIAL_COLUMNS,
    from: CREDENTIAL_FROM,
    id: 'c.id',
    where: [
      ...seenBy(caller),
      ...ofApplications(applications),
      ...equals('c.type', input.auth_method),
      ...equals('c.type', input.plugin_name),
      ...(input.labels ? [fragment('c.labels @> ?::jsonb', JSON.stringify(input.labels))] : []),
      ...matchesAny(['c.search_text', 'label_text(c.labels)'], input.search),
    ],
    large: ['c."desc"', 'c.labels'],
    order: {
      updated_at: { column: 'c.updated_at', type: 'timestamptz' },
      created_at: { column: 'c.created_at', type: 'timestamptz' },
      name: { column: 'c.name', type: 'text' },
    },
    defaultOrder: 'updated_at',
    present: (row) => credentialView(row, row),
  });

const ofApplications = (ids: string[] | undefined): Fragment[] =>
  ids ? [fragment(`c.application_id in (${ids.map(() => '?').join(', ')})`, ...ids)] : [];
