import type { LoginOptionId, PortalId } from '@gatehouse/contract/ids';
import { PROVIDER_TYPES, type LoginOptionSecret } from '@gatehouse/contract/login-option-config';
import { defineEntity, p } from '@mikro-orm/core';
import { id, time } from '../columns.ts';
import { Developer } from './developer.entity.ts';
import { Portal } from './portal.entity.ts';

const LoginOptionSchema = defineEntity({
  name: 'LoginOption',
  properties: {
    id: id<LoginOptionId>(),
    portal: () => p.manyToOne(Portal).mapToPk().deleteRule('cascade'),
    name: p.text(),
    logo: p.text().nullable(),
    providerType: p.enum(PROVIDER_TYPES),
    disable: p.boolean().default(false),
    config: p.json<Record<string, unknown>>(),
    secrets: p.json<Partial<Record<LoginOptionSecret, string>>>().hidden(),
    createdAt: time(),
    updatedAt: time(),
  },
  indexes: [
    { name: 'login_option_created_at', properties: ['portal', 'createdAt', 'id'] },
    { name: 'login_option_name', properties: ['portal', 'name', 'id'] },
    {
      name: 'login_option_built_in_unique',
      expression: `create unique index login_option_built_in_unique on login_option (portal_id) where provider_type = 'built_in'`,
    },
  ],
});

/**
 * A way to sign in to a portal. `built_in` is configured by the portal's settings. `secrets` are encrypted one by one.
 */
export class LoginOption extends LoginOptionSchema.class {}
LoginOptionSchema.setClass(LoginOption);

const IdentitySchema = defineEntity({
  name: 'Identity',
  properties: {
    id: id(),
    developer: () => p.manyToOne(Developer).mapToPk().fieldName('developer_uid').deleteRule('cascade'),
    /** That of the developer. Neither changes. */
    portalId: p.uuid().$type<PortalId>(),
    loginOption: () => p.manyToOne(LoginOption).mapToPk().deleteRule('cascade'),
    subject: p.text(),
    createdAt: time(),
    lastLoginAt: time(),
  },
  // For the previous release, which does not set it.
  triggers: [
    {
      name: 'identity_portal',
      timing: 'before',
      events: ['insert'],
      when: '(new.portal_id IS NULL)',
      body: `select portal_id from developer where id = new.developer_uid into new.portal_id; return new`,
    },
  ],
  uniques: [{ name: 'identity_subject_unique', properties: ['loginOption', 'subject'] }],
  indexes: [{ name: 'identity_developer', properties: ['developer'] }],
});

/** Links a subject of a login option to a developer. Email addresses never link accounts. */
export class Identity extends IdentitySchema.class {}
IdentitySchema.setClass(Identity);

const SsoAnswerSchema = defineEntity({
  name: 'SsoAnswer',
  properties: {
    loginOption: () => p.manyToOne(LoginOption).mapToPk().primary().deleteRule('cascade'),
    hash: p.text().primary(),
    expiresAt: time(),
  },
  indexes: [{ name: 'sso_answer_expires_at', properties: ['expiresAt'] }],
});

/** The SHA-256 of an accepted provider response. Prevents replay: each response signs in once. */
export class SsoAnswer extends SsoAnswerSchema.class {}
SsoAnswerSchema.setClass(SsoAnswer);
