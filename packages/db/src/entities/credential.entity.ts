import type { CredentialId, DeveloperUid, PortalId } from '@gatehouse/contract/ids';
import { defineEntity, p } from '@mikro-orm/core';
import { CREDENTIAL_TYPES } from '@gatehouse/contract/credential';
import { id, labels, time } from '../columns.ts';
import { Application } from './application.entity.ts';
import { Portal } from './portal.entity.ts';

const CredentialSchema = defineEntity({
  name: 'Credential',
  properties: {
    id: id<CredentialId>(),
    application: () => p.manyToOne(Application).mapToPk().deleteRule('cascade'),
    /** Those of the application. None of them changes. */
    developerUid: p.uuid().$type<DeveloperUid>(),
    portalId: p.uuid().$type<PortalId>(),
    type: p.enum(CREDENTIAL_TYPES),
    name: p.text(),
    desc: p.text().default(''),
    labels: labels(),
    prefix: p.text().nullable(),
    username: p.text().nullable(),
    searchText: p
      .text()
      .generated(`(lower(chr(10) || name || chr(10) || "desc" || chr(10) || coalesce(username, ''))) stored`)
      .lazy()
      .nullable(),
    expiresAt: time().nullable(),
    lastUsedAt: time().nullable(),
    createdAt: time(),
    updatedAt: time(),
  },
  // For the previous release, which does not set it.
  triggers: [
    {
      name: 'credential_portal',
      timing: 'before',
      events: ['insert'],
      when: '(new.portal_id IS NULL)',
      body: `select portal_id, developer_uid from application where id = new.application_id into new.portal_id, new.developer_uid; return new`,
    },
  ],
  indexes: [
    {
      name: 'credential_portal_updated_at',
      expression: `create index credential_portal_updated_at on credential (portal_id, updated_at, id) include (developer_uid)`,
    },
    {
      name: 'credential_portal_created_at',
      expression: `create index credential_portal_created_at on credential (portal_id, created_at, id) include (developer_uid)`,
    },
    {
      name: 'credential_portal_name',
      expression: `create index credential_portal_name on credential (portal_id, name, id) include (developer_uid)`,
    },
    {
      name: 'credential_portal_type',
      expression: `create index credential_portal_type on credential (portal_id, type, updated_at, id) include (developer_uid)`,
    },
    {
      name: 'credential_developer_updated_at',
      expression: `create index credential_developer_updated_at on credential (developer_uid, updated_at, id)`,
    },
    {
      name: 'credential_developer_created_at',
      expression: `create index credential_developer_created_at on credential (developer_uid, created_at, id)`,
    },
    {
      name: 'credential_developer_name',
      expression: `create index credential_developer_name on credential (developer_uid, name, id)`,
    },
    { name: 'credential_application_updated_at', properties: ['application', 'updatedAt', 'id'] },
    {
      name: 'credential_search_terms',
      expression:
        'create index credential_search_terms on credential using gin (trigram_text(search_text) gin_trgm_ops)',
    },
    {
      name: 'credential_rare_characters',
      expression: 'create index credential_rare_characters on credential using gin (rare_characters(search_text))',
    },
    {
      name: 'credential_label_search_terms',
      expression:
        'create index credential_label_search_terms on credential using gin (trigram_text(label_text(labels)) gin_trgm_ops)',
    },
    {
      name: 'credential_label_rare_characters',
      expression:
        'create index credential_label_rare_characters on credential using gin (rare_characters(label_text(labels)))',
    },
    {
      name: 'credential_labels',
      expression: 'create index credential_labels on credential using gin (labels jsonb_path_ops)',
    },
  ],
});

/**
 * What an application presents to a gateway. Its secrets are separate rows, so that two can overlap during a rotation.
 */
export class Credential extends CredentialSchema.class {}
CredentialSchema.setClass(Credential);

const CredentialKeySchema = defineEntity({
  name: 'CredentialKey',
  properties: {
    hash: p.text().primary().hidden(),
    credential: () => p.manyToOne(Credential).mapToPk().deleteRule('cascade').index('credential_key_credential'),
    expiresAt: time().nullable(),
  },
  indexes: [
    {
      name: 'credential_key_expires_at',
      expression: 'create index credential_key_expires_at on credential_key (expires_at) where expires_at is not null',
    },
  ],
});

/**
 * A valid key, stored as SHA-256, which suffices for 256 random bits (ASVS 6.5.2). `expiresAt`: a newer key replaces
 * it.
 */
export class CredentialKey extends CredentialKeySchema.class {}
CredentialKeySchema.setClass(CredentialKey);

const CredentialLoginSchema = defineEntity({
  name: 'CredentialLogin',
  properties: {
    id: id(),
    credential: () => p.manyToOne(Credential).mapToPk().deleteRule('cascade').index('credential_login_credential'),
    portal: () => p.manyToOne(Portal).mapToPk().deleteRule('cascade'),
    username: p.text(),
    passwordHash: p.text().hidden(),
    expiresAt: time().nullable(),
  },
  indexes: [
    {
      name: 'credential_login_unique',
      expression:
        'create unique index credential_login_unique on credential_login (portal_id, username, expires_at) nulls not distinct',
    },
    {
      name: 'credential_login_expires_at',
      expression:
        'create index credential_login_expires_at on credential_login (expires_at) where expires_at is not null',
    },
  ],
});

/**
 * A username for HTTP Basic (RFC 7617), unique in a portal, and its password. `expiresAt`: a newer password replaces
 * it.
 */
export class CredentialLogin extends CredentialLoginSchema.class {}
CredentialLoginSchema.setClass(CredentialLogin);
