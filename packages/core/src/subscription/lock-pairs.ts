import { z } from 'zod';
import { rowsOf } from '@gatehouse/db/statement';
import { rowId, type ApiProductId, type ApplicationId } from '@gatehouse/contract/ids';
import { fieldError } from '@gatehouse/contract/errors';
import { ApiProduct } from '@gatehouse/db/entities/api-product.entity';
import { Application } from '@gatehouse/db/entities/application.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { entitiesBy } from '@gatehouse/db/entities-by';
import { APPLICATION_FROM, seenBy } from '../application/application.view.ts';
import { publishedIn } from '../portal/published.ts';
import type { Scope } from '../kernel/command.ts';
import { allOf, isOneOf } from '../list/fragment.ts';
import type { PortalCaller } from '../portal/portal-caller.ts';
import { isId } from '../list/ids.ts';

/** A record with the input field that names it. */
export type RequestedId<Id extends string> = { id: Id; field: string };

type LockedApplication = { application: Application; owner: Developer; applicationField: string };
type LockedApiProduct = { product: ApiProduct; productField: string };
export type Pair = LockedApplication & LockedApiProduct;

/** The applications in the order of the input. Locks them and their developers. Throws for one that the caller does not see. */
export async function lockApplications(
  { em }: Scope,
  caller: PortalCaller,
  named: RequestedId<ApplicationId>[],
): Promise<LockedApplication[]> {
  const where = [
    isOneOf(
      'a.id',
      named.map(({ id }) => id),
    ),
    ...seenBy(caller, 'a'),
  ];
  const rows = await rowsOf(em, {
    row: z.object({ id: rowId.application, owner: rowId.developer }),
    sql: `select a.id, d.id as owner from ${APPLICATION_FROM} where ${allOf(where)}`,
    params: where.flatMap(({ params }) => params),
  });
  const [living, seen] = await Promise.all([
    entitiesBy(em, Developer, {
      where: 'e.id = any(?::uuid[]) and e.left_at is null order by e.id',
      values: [rows.map(({ owner }) => owner)],
      lock: 'for share',
    }),
    entitiesBy(em, Application, {
      where: 'e.id = any(?::uuid[]) order by e.id',
      values: [rows.map(({ id }) => id)],
      lock: 'for update',
    }),
  ]);
  const [owners, applications] = [byId(living), byId(seen)];
  return named.map(({ id, field }) => {
    const application = applications.get(id.toLowerCase());
    const owner = application && owners.get(application.developer);
    if (!owner) throw fieldError('not_found', field, 'The application does not exist.');
    return { application, owner, applicationField: field };
  });
}

/** The API products in the order of the input, locked. Throws for one that the caller does not see. */
export async function lockApiProducts(
  { em }: Scope,
  caller: PortalCaller,
  named: RequestedId<ApiProductId>[],
): Promise<LockedApiProduct[]> {
  const ids = named.filter(({ id }) => isId(id)).map(({ id }) => id);
  const where = [isOneOf('p.id', ids), ...publishedIn(caller)];
  const [own, rows] = await Promise.all([
    entitiesBy(em, ApiProduct, {
      where: 'e.id = any(?::uuid[]) and e.portal_id = ? order by e.id',
      values: [ids, caller.portalId],
      lock: 'for share',
    }),
    rowsOf(em, {
      row: z.object({ id: z.uuid() }),
      sql: `select p.id from api_product p where ${allOf(where)}`,
      params: where.flatMap(({ params }) => params),
    }),
  ]);
  const products = byId(own);
  const visible = new Set(rows.map(({ id }) => id));
  return named.map(({ id, field }) => {
    const product = products.get(id.toLowerCase());
    if (!product || !visible.has(product.id)) throw fieldError('not_found', field, 'The API product does not exist.');
    return { product, productField: field };
  });
}

const byId = <T extends { id: string }>(records: T[]): Map<string, T> =>
  new Map(records.map((record) => [record.id, record]));
