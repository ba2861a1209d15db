import { ApiProduct as View, CreateApiProductInput, DEFAULT_API_PRODUCT_AUTH } from '@gatehouse/contract/api-product';
import { newId } from '@gatehouse/db/columns';
import { ApiProduct } from '@gatehouse/db/entities/api-product.entity';
import { changed, command } from '../kernel/command.ts';
import { findPortal } from '../portal/find-portal.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { apiProductView } from './api-product.view.ts';

export const createApiProduct = command({
  name: 'apiProducts.create',
  access: 'api_products:write',
  summary: 'Create an API product, as a draft unless status says otherwise',
  input: CreateApiProductInput,
  output: View,
  async run({ em, actor, now, authorize, emit }, input) {
    const portal = await findPortal(em, input.portal_id);
    authorize(manageIn(actor, portal.id, 'portal'));
    const type = input.type ?? 'gateway';
    const product = em.create(ApiProduct, {
      id: newId(),
      portal: portal.id,
      name: input.name,
      desc: input.desc ?? '',
      labels: input.labels ?? {},
      type,
      status: input.status ?? 'draft',
      visibility: input.visibility ?? 'public',
      auth: input.auth ?? (type === 'gateway' ? DEFAULT_API_PRODUCT_AUTH : {}),
      subscriptionAutoApproval: input.subscription_auto_approval ?? false,
      canViewUnsubscribed: input.can_view_unsubscribed ?? true,
      createdAt: now,
      updatedAt: now,
    });
    emit('api_product.created', product);
    return changed(apiProductView(product));
  },
});
