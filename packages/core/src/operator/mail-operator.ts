import type { Event } from '@gatehouse/db/entities/event.entity';
import type { Operator } from '@gatehouse/db/entities/operator.entity';
import type { Scope } from '../kernel/command.ts';
import { queueEmail } from '../email/queue-email.ts';
import { LINK_TERM, type OperatorLinkKind } from '../email/signed-link.ts';

type Reader = Pick<Operator, 'id' | 'name' | 'email' | 'linkVersion'>;

/** Queues a mail with a link to choose a password. The row stores the parts of the link, never the link itself. */
export function mailOperator(
  scope: Scope,
  event: Event,
  { kind, operator }: { kind: OperatorLinkKind; operator: Reader },
): void {
  const { id, name, email, linkVersion } = operator;
  const expires_at = new Date(scope.now.getTime() + LINK_TERM[kind]).toISOString();
  const data = { operator_id: id, version: String(linkVersion), expires_at };
  queueEmail(scope, event, { kind, to: email, portal: null, about: {}, reader: { name, locale: scope.locale }, data });
}
