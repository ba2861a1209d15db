import { notFound } from '@gatehouse/contract/errors';
import type { PortalId } from '@gatehouse/contract/ids';
import { statement } from '@gatehouse/db/statement';
import { z } from 'zod';
import { isId } from '../list/ids.ts';
import type { QueryScope } from '../kernel/query.ts';

const existing = statement({
  name: 'portal.existing',
  text: 'select id from portal where id = ?',
  params: ['uuid'],
  row: z.object({ id: z.uuid() }),
});

/** Reads a page of a portal's records, or throws `not_found`. Only if it is empty, the portal may be missing. */
export async function pageIn<Page extends { list: unknown[] }>(
  { em }: Pick<QueryScope, 'em'>,
  portalId: PortalId,
  read: () => Promise<Page>,
): Promise<Page> {
  if (!isId(portalId)) throw notFound('portal');
  const page = await read();
  if (page.list.length === 0 && !(await existing.first(em, [portalId]))) throw notFound('portal');
  return page;
}
