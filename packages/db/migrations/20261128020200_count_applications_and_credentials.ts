import { Migration } from '@mikro-orm/migrations';
import { type Counter, countExisting, createCounter } from './count-rows.ts';

const COUNTERS: Counter[] = [
  { table: 'application', keys: { portal_id: 'uuid' }, where: 'portal_id is not null' },
  { table: 'credential', keys: { portal_id: 'uuid' }, where: 'portal_id is not null' },
];

export class Migration20261128020200_count_applications_and_credentials extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    for (const counter of COUNTERS) this.addSql(createCounter(counter));
    for (const counter of COUNTERS) this.addSql(countExisting(counter));
  }
}
