import { DeveloperId, DeveloperUid, PortalId } from '@gatehouse/contract/ids';
import type { Actor } from '@gatehouse/contract/actor';
import { listApiProducts } from '@gatehouse/core/api-product/list-api-products';
import { listVisibleApiProducts } from '@gatehouse/core/api-product/list-visible-api-products';
import { listApplications } from '@gatehouse/core/application/list-applications';
import { listApprovals } from '@gatehouse/core/approval/list-approvals';
import { listAudit } from '@gatehouse/core/audit/list-audit';
import { listCredentials } from '@gatehouse/core/credential/list-credentials';
import { listDeletions } from '@gatehouse/core/deletion/list-deletions';
import { listDevelopers } from '@gatehouse/core/developer/list-developers';
import { listEmails } from '@gatehouse/core/email/list-emails';
import type { UseCase } from '@gatehouse/core/kernel/use-case';
import { listPortalDevelopers } from '@gatehouse/core/portal-developer/list-portal-developers';
import { listPortals } from '@gatehouse/core/portal/list-portals';
import { listSubscriptionsOfApiProduct } from '@gatehouse/core/subscription/list-subscriptions-of-api-product';
import { listSubscriptions } from '@gatehouse/core/subscription/list-subscriptions';
import { listTokens } from '@gatehouse/core/token/list-tokens';
import { newId } from '@gatehouse/db/columns';
import { PORTALS, PRODUCT } from '../data/ids.ts';
import { applications, approvals, credentials, developers, pending, search, subscriptions } from './values.ts';

type Filters = Record<string, unknown>;
/** `of`: what the list is limited to. Each filter has common, rare and absent values; each pair uses their first values. */
export type Swept = {
  list: UseCase;
  of: string;
  actor: Actor;
  base: Filters;
  filters: Record<string, unknown[]>;
  pairs: string[][];
};

const portal_id = PortalId.parse(PORTALS.large);
const admin: Actor = {
  kind: 'admin_token',
  id: newId(),
  name: 'sweep',
  portalId: null,
  scopes: ['*'],
  expiresAt: null,
};
const portal: Extract<Actor, { kind: 'portal_token' }> = {
  kind: 'portal_token',
  id: newId(),
  name: 'sweep',
  portalId: portal_id,
  scopes: ['*'],
  expiresAt: null,
  developer: null,
};

const inPortal = { of: 'a portal', actor: portal, base: {} };
const managed = { of: 'a portal', actor: admin, base: { portal_id } };
const all = { of: 'the installation', actor: admin, base: {} };

const portalLists: Swept[] = [
  {
    list: listDevelopers,
    ...managed,
    filters: developers,
    pairs: [
      ['state', 'provider'],
      ['state', 'search'],
      ['provider', 'search'],
      ['state', 'labels'],
    ],
  },
  { list: listPortalDevelopers, ...inPortal, filters: { search }, pairs: [] },
  { list: listApplications, ...inPortal, ...applications },
  { list: listCredentials, ...inPortal, ...credentials },
  {
    list: listSubscriptions,
    ...inPortal,
    filters: { ...subscriptions, api_product_id: [PRODUCT, newId()] },
    pairs: [
      ['api_product_id', 'status'],
      ['status', 'search'],
    ],
  },
];

const managedLists: Swept[] = [
  {
    list: listSubscriptionsOfApiProduct,
    of: 'an API product',
    actor: admin,
    base: { portal_id, api_product_id: PRODUCT },
    filters: subscriptions,
    pairs: [['status', 'search']],
  },
  { list: listApprovals, ...managed, filters: approvals, pairs: pending },
  {
    list: listAudit,
    ...managed,
    filters: { name: ['developer.updated', 'portal.deleted'], resource_type: ['developer', 'portal'] },
    pairs: [['name', 'resource_type']],
  },
  {
    list: listEmails,
    ...managed,
    filters: { kind: ['registration_accepted', 'invitation'], status: ['sent', 'failed', 'queued'] },
    pairs: [['kind', 'status']],
  },
  {
    list: listApiProducts,
    ...managed,
    filters: { status: ['published', 'draft'], type: ['gateway'], search },
    pairs: [['status', 'search']],
  },
  { list: listVisibleApiProducts, ...inPortal, filters: { search }, pairs: [] },
];

const installationLists: Swept[] = [
  { list: listApprovals, ...all, filters: approvals, pairs: pending },
  {
    list: listAudit,
    ...all,
    filters: {
      name: ['developer.updated', 'portal.deleted'],
      resource_type: ['developer', 'portal'],
      resource_id: ['none'],
      request_id: ['none'],
    },
    pairs: [],
  },
  {
    list: listEmails,
    ...all,
    filters: {
      kind: ['registration_accepted', 'invitation'],
      status: ['sent', 'failed', 'queued'],
      to: ['none@example.org'],
    },
    pairs: [['kind', 'status']],
  },
  {
    list: listDeletions,
    ...all,
    filters: { portal_id: [portal_id], status: ['completed', 'running'] },
    pairs: [['portal_id', 'status']],
  },
  { list: listPortals, ...all, filters: { search }, pairs: [] },
  { list: listTokens, ...all, filters: { kind: ['admin', 'portal'], portal_id: [portal_id] }, pairs: [] },
];

/** `developer` owns something in the large portal. */
export function sweptLists(developer: { uid: string; developerId: string }): Swept[] {
  const { uid, developerId } = developer;
  const acting = {
    uid: DeveloperUid.parse(uid),
    developerId: DeveloperId.parse(developerId),
    state: 'Active' as const,
  };
  const own = { of: 'a developer', actor: { ...portal, developer: acting }, base: {} };
  const developerLists = [
    { list: listApplications, ...own, ...applications },
    { list: listCredentials, ...own, ...credentials },
    { list: listSubscriptions, ...own, filters: subscriptions, pairs: [['status', 'search']] },
    { list: listApprovals, ...own, filters: { status: ['pending', 'finished'], search }, pairs: [] },
    {
      list: listVisibleApiProducts,
      ...own,
      filters: { subscription_status: ['subscribed', 'unsubscribed'], search },
      pairs: [],
    },
  ];
  return [...installationLists, ...managedLists, ...portalLists, ...developerLists];
}
