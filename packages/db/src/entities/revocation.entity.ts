import { defineEntity, p } from '@mikro-orm/core';
import { id } from '../columns.ts';

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
      body: `perform pg_notify('gatehouse_revocation', new.id || ' ' || new.target); return null`,
    },
  ],
});

/**
 * What a gateway's question may no longer be answered with from memory: pushed at commit, and found by the polls of
 * whoever missed that, by the transaction that wrote it. Removed when every process has long seen it.
 */
export class Revocation extends RevocationSchema.class {}
RevocationSchema.setClass(Revocation);
