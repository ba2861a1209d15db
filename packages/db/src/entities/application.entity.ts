import type { ApplicationId, PortalId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { id, labels, time } from '../columns.ts';
import { Developer } from './developer.entity.ts';

const ApplicationSchema = defineEntity({
  name: 'Application',
  properties: {
    id: id<ApplicationId>(),
    developer: () => p.manyToOne(Developer).mapToPk().fieldName('developer_uid').deleteRule('cascade'),
    /** That of the developer. Neither changes. */
    portalId: p.uuid().$type<PortalId>(),
    name: p.text(),
    desc: p.text().default(''),
    labels: labels(),
    searchText: p.text().generated(`(lower(chr(10) || name || chr(10) || "desc")) stored`).lazy().nullable(),
    createdAt: time(),
    updatedAt: time(),
  },
  // For the previous release, which does not set it.
  triggers: [
    {
      name: 'application_portal',
      timing: 'before',
      events: ['insert'],
      when: '(new.portal_id IS NULL)',
      body: `select portal_id from developer where id = new.developer_uid into new.portal_id; return new`,
    },
  ],
  indexes: [
    {
      name: 'application_portal_updated_at',
      expression: `create index application_portal_updated_at on application (portal_id, updated_at, id) include (developer_uid)`,
    },
    {
      name: 'application_portal_created_at',
      expression: `create index application_portal_created_at on application (portal_id, created_at, id) include (developer_uid)`,
    },
    { name: 'application_developer_updated_at', properties: ['developer', 'updatedAt', 'id'] },
    { name: 'application_developer_created_at', properties: ['developer', 'createdAt', 'id'] },
    {
      name: 'application_search_terms',
      expression:
        'create index application_search_terms on application using gin (trigram_text(search_text) gin_trgm_ops)',
    },
    {
      name: 'application_rare_characters',
      expression: 'create index application_rare_characters on application using gin (rare_characters(search_text))',
    },
    {
      name: 'application_label_search_terms',
      expression:
        'create index application_label_search_terms on application using gin (trigram_text(label_text(labels)) gin_trgm_ops)',
    },
    {
      name: 'application_label_rare_characters',
      expression:
        'create index application_label_rare_characters on application using gin (rare_characters(label_text(labels)))',
    },
    {
      name: 'application_labels',
      expression: 'create index application_labels on application using gin (labels jsonb_path_ops)',
    },
  ],
});

export class Application extends ApplicationSchema.class {}
ApplicationSchema.setClass(Application);
