import { rowId } from '@gatehouse/contract/ids';
import { Operator } from '@gatehouse/db/entities/operator.entity';
import { entityBy } from '@gatehouse/db/entities-by';
import { statement } from '@gatehouse/db/statement';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { invalid, invalidLink, type OperatorLinkKind, readToken, signedAddress } from '../email/signed-link.ts';
import type { Settings } from '../kernel/context.ts';

/** The state of the operator in which a link works. */
const WORKS_WHILE: Record<OperatorLinkKind, Operator['state']> = {
  operator_invitation: 'invited',
  operator_password_reset: 'active',
};

/** Known and unknown operators take the same time: neither creates an entity, and both compute one signature. */
const linkedOperator = statement({
  name: 'operator.linked',
  text: 'select id, link_version as version, email from operator where id = ? and state = ?',
  params: ['uuid', 'text'],
  row: z.object({ id: rowId.operator, version: z.int(), email: z.string() }),
});

/** Finds the operator to whom the link was mailed. Throws `invalid_link` or `invite_expired` if it does not work any more. */
export async function findOperatorByLink(
  { em, now, settings }: { em: EntityManager; now: Date; settings: Settings },
  { kind, token }: { kind: OperatorLinkKind; token: string },
  lock?: 'lock',
): Promise<Operator> {
  const read = readToken(token);
  if (!read) throw invalidLink();
  if (read.expiresAt <= now) throw invalid(kind);
  const found = await linkedOperator.first(em, [read.subject, WORKS_WHILE[kind]]);
  const { version = 0, email = '' } = found ?? {};
  if (signedAddress(settings, { ...read, kind, version }, [email]) === null || !found) throw invalid(kind);
  const operator = await entityBy(em, Operator, {
    where: 'e.id = ? and e.link_version = ? and e.state = ?',
    values: [found.id, version, WORKS_WHILE[kind]],
    lock: lock && 'for update',
  });
  if (!operator) throw invalid(kind);
  return operator;
}
