import { Migration } from '@mikro-orm/migrations';
import { type Counter, countExisting, createCounter } from './count-rows.ts';

const COUNTERS: Counter[] = [
  { table: 'approval', keys: { portal_id: 'uuid', event: 'text', status: 'text' }, where: 'true' },
  { table: 'subscription', keys: { api_product_id: 'uuid', status: 'text' }, where: 'true' },
];

export class Migration20261128020100_count_approvals_and_subscriptions extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    // Totals leave out what developers own who have left and are being erased. Few have left at any time.
    this.addSql('drop index concurrently if exists developer_left');
    this.addSql('create index concurrently developer_left on developer (portal_id) where left_at is not null');
    for (const counter of COUNTERS) this.addSql(createCounter(counter));
    for (const counter of COUNTERS) this.addSql(countExisting(counter));
  }
}
