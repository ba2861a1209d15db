import { DeveloperState } from '@gatehouse/contract/developer';
import { GatehouseError } from '@gatehouse/contract/errors';
import { rowId } from '@gatehouse/contract/ids';
import { SUBSCRIPTION_STATUSES } from '@gatehouse/contract/subscription';
import { z } from 'zod';
import { revocationTarget } from '../event/revocation.ts';
import type { GatewayProduct } from './find-gateway-product.ts';

/** Who may pass, until when, and the targets whose revocation ends it earlier. */
export type Pass = {
  developerId: string;
  applicationId: string;
  credentialId: string;
  apiProductId: string;
  /** Milliseconds since 1970. Infinite if nothing expires. */
  expiresAt: number;
  /** The names that `revocationTarget` gives them. */
  targets: readonly string[];
};

/**
 * `malformed`: no key that Gatehouse made. `unknown`: this portal has no such key or login, or it was deleted or has expired;
 * `forGood` if that can never change. `refused`: a valid one without the right to pass (403).
 */
export type GatewayDecision =
  | { kind: 'pass'; pass: Pass }
  | { kind: 'malformed' }
  | { kind: 'unknown'; forGood: boolean }
  | { kind: 'refused'; credentialId: string; error: GatehouseError };

/** The columns of a decision. The joins exclude developers who have left. */
export const HOLDER_COLUMNS = `c.id as "credentialId", a.id as "applicationId", d.developer_id as "developerId", d.state,
  s.id as "subscriptionId", s.status,
  (extract(epoch from least(c.expires_at, secret.expires_at)) * 1000)::float8 as "expiresAt"`;
export const HOLDER_FROM = `join credential c on c.id = secret.credential_id
  join application a on a.id = c.application_id
  join developer d on d.id = a.developer_uid and d.left_at is null
  left join subscription s on s.application_id = a.id and s.api_product_id = $2`;

export const HOLDER_ROW = {
  credentialId: rowId.credential,
  applicationId: rowId.application,
  developerId: rowId.developerId,
  state: DeveloperState,
  subscriptionId: rowId.subscription.nullable(),
  status: z.enum(SUBSCRIPTION_STATUSES).nullable(),
  expiresAt: z.number().nullable(),
};
export type Holder = z.output<z.ZodObject<typeof HOLDER_ROW>>;

export function decideForHolder(holder: Holder, product: GatewayProduct, now: Date): GatewayDecision {
  const { credentialId, applicationId, developerId, state, subscriptionId, status, expiresAt } = holder;
  // An expired credential can be given a later expiry.
  if (expiresAt !== null && expiresAt <= now.getTime()) return { kind: 'unknown', forGood: false };
  const refused = (error: GatehouseError): GatewayDecision => ({ kind: 'refused', credentialId, error });
  if (state !== 'Active') {
    return refused(new GatehouseError('developer_not_active', `The developer of this credential is ${state}.`));
  }
  if (subscriptionId === null || status === null) {
    return refused(new GatehouseError('not_subscribed', 'The application has no subscription to this API product.'));
  }
  if (status === 'wait_for_approval') {
    return refused(new GatehouseError('not_subscribed', 'The subscription to this API product is awaiting approval.'));
  }
  const developer = revocationTarget({ type: 'developer', id: developerId, portalId: product.portalId });
  const targets = [developer, applicationId, credentialId, subscriptionId, product.id];
  return {
    kind: 'pass',
    pass: {
      developerId,
      applicationId,
      credentialId,
      apiProductId: product.id,
      expiresAt: expiresAt ?? Infinity,
      targets,
    },
  };
}
