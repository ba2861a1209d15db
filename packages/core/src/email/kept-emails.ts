import { rowId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { Context } from '../kernel/context.ts';
import { isId } from '../list/ids.ts';

const kept = statement({
  name: 'email.kept',
  text: `select id from email where id = any(?) and "to" not like 'erased-%'`,
  params: ['uuid[]'],
  row: z.object({ id: rowId.email }),
});

/** Returns those mails that still name their recipient. Others were deleted with a portal or pseudonymized. */
export async function keptEmails({ em }: Pick<Context, 'em'>, ids: string[]): Promise<Set<string>> {
  const rows = await kept.all(em.fork(), [ids.filter(isId)]);
  return new Set(rows.map(({ id }) => id));
}
