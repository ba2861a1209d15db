import { defineEntity, p } from '@mikro-orm/core';
import { id, time } from '../columns.ts';
import { Developer } from './developer.entity.ts';

const EmailUndoSchema = defineEntity({
  name: 'EmailUndo',
  properties: {
    id: id(),
    developer: () => p.manyToOne(Developer).mapToPk().fieldName('developer_uid').deleteRule('cascade'),
    email: p.text(),
    emailKey: p.text(),
    createdAt: time(),
    expiresAt: time(),
    undoneAt: time().nullable(),
  },
  uniques: [{ name: 'email_undo_unique', properties: ['developer', 'emailKey'] }],
  indexes: [{ name: 'email_undo_expires_at', properties: ['expiresAt'] }],
});

/** A previous email address. Until `expiresAt`, a link mailed there restores it, once; `undoneAt` says when it did. */
export class EmailUndo extends EmailUndoSchema.class {}
EmailUndoSchema.setClass(EmailUndo);
