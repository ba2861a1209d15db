import { defineEntity, p } from '@mikro-orm/core';
import { id, labels, time } from '../columns.ts';
import { Application } from './application.entity.ts';

const CredentialSchema = defineEntity({
  name: 'Credential',
  properties: {
    id: id(),
    application: () => p.manyToOne(Application).mapToPk().deleteRule('cascade').index('credential_application'),
    type: p.enum(['key-auth', 'basic-auth', 'oauth']),
    name: p.text(),
    desc: p.text().default(''),
    labels: labels(),
    prefix: p.text().nullable(),
    expiresAt: time().nullable(),
    lastUsedAt: time().nullable(),
    createdAt: time(),
    updatedAt: time(),
  },
});

export class Credential extends CredentialSchema.class {}
CredentialSchema.setClass(Credential);
