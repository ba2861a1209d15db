import type { PortalId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import type { PortalSettings } from '@gatehouse/contract/portal';
import { id, labels, time } from '../columns.ts';

const PortalSchema = defineEntity({
  name: 'Portal',
  properties: {
    id: id<PortalId>(),
    name: p.text(),
    slug: p.text(),
    publicUrl: p.text().nullable(),
    labels: labels(),
    settings: p.json<PortalSettings>(),
    searchText: p.text().generated(`(lower(chr(10) || name || chr(10) || slug)) stored`).lazy().nullable(),
    createdAt: time(),
    updatedAt: time(),
  },
  uniques: [{ name: 'portal_slug_unique', properties: ['slug'] }],
  indexes: [
    { name: 'portal_created_at', properties: ['createdAt', 'id'] },
    { name: 'portal_name', properties: ['name', 'id'] },
    {
      name: 'portal_search_terms',
      expression: 'create index portal_search_terms on portal using gin (trigram_text(search_text) gin_trgm_ops)',
    },
  ],
});

/** A developer portal: the tenant. Every record belongs to exactly one portal, except installation-wide tokens. */
export class Portal extends PortalSchema.class {}
PortalSchema.setClass(Portal);
