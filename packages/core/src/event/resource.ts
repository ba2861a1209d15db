import type { PortalId } from '@gatehouse/contract/ids';
import type { EventName, EventResource } from '@gatehouse/contract/events';
import { ApiProduct } from '@gatehouse/db/entities/api-product.entity';
import { Approval } from '@gatehouse/db/entities/approval.entity';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { Email } from '@gatehouse/db/entities/email.entity';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { Operator } from '@gatehouse/db/entities/operator.entity';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { Token } from '@gatehouse/db/entities/token.entity';
import type { ResourceTypeOf } from './catalogue.ts';

/** The entities that know their portal. An event names any other resource by a `ResourceRef`. */
type Entities = {
  portal: Portal;
  developer: Developer;
  approval: Approval;
  deletion: Deletion;
  token: Token;
  email: Email;
  api_product: ApiProduct;
  login_option: LoginOption;
  operator: Operator;
};

/** A developer's id is the external one, which is unique in its portal only. */
export type ResourceRef<T extends EventResource = EventResource> = { type: T; id: string; portalId: PortalId | null };

type Resource = Entities[keyof Entities] | ResourceRef;

/** The resource of an event, of a type that its row in the catalogue allows. */
export type ResourceOf<N extends EventName> =
  | ResourceRef<ResourceTypeOf<N>>
  | Entities[Extract<ResourceTypeOf<N>, keyof Entities>];

export function resourceRef(resource: Resource): ResourceRef {
  if (resource instanceof Portal) return { type: 'portal', id: resource.id, portalId: resource.id };
  if (resource instanceof Developer) return { type: 'developer', id: resource.developerId, portalId: resource.portal };
  if (resource instanceof Approval) return inPortal('approval', resource);
  if (resource instanceof Deletion) return inPortal('deletion', resource);
  if (resource instanceof Token) return inPortal('token', resource);
  if (resource instanceof Email) return inPortal('email', resource);
  if (resource instanceof ApiProduct) return inPortal('api_product', resource);
  if (resource instanceof LoginOption) return inPortal('login_option', resource);
  if (resource instanceof Operator) return inPortal('operator', resource);
  return resource;
}

type InPortal = { id: string; portal?: PortalId | null | undefined };
const inPortal = (type: EventResource, { id, portal }: InPortal): ResourceRef => ({
  type,
  id,
  portalId: portal ?? null,
});
