import { defineEntity, p } from '@mikro-orm/core';
import { id } from '../columns.ts';
import { notifyAtCommit } from '../notifying-trigger.ts';

const RevocationSchema = defineEntity({
  name: 'Revocation',
  properties: {
    id: id(),
    target: p.text(),
    transaction: p.string().columnType('xid8').defaultRaw('pg_current_xact_id()').lazy(),
    createdAt: p.datetime(3).defaultRaw('now()').lazy(),
  },
  indexes: [{ name: 'revocation_transaction', properties: ['transaction'] }],
  triggers: [
    {
      name: 'revocation_is_pushed',
      timing: 'after',
      events: ['insert'],
      forEach: 'row',
      body: notifyAtCommit('gatehouse_revocation', `new.id || ' ' || new.target`),
    },
  ],
});

/**
 * A target whose cached gateway decisions every process must drop. Pushed at commit; processes that miss the notification find the row by
 * polling for `transaction`. Deleted when every process must have seen it.
 */
export class Revocation extends RevocationSchema.class {}
RevocationSchema.setClass(Revocation);
