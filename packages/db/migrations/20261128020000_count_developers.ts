import { Migration } from '@mikro-orm/migrations';
import { type Counter, countExisting, createCounter } from './count-rows.ts';

const DEVELOPERS: Counter = {
  table: 'developer',
  keys: { portal_id: 'uuid', state: 'text', provider: 'text' },
  where: 'left_at is null',
};

/** The triggers count from their commit on. Counting the rows of before, which takes seconds, blocks no writer. */
export class Migration20261128020000_count_developers extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql(createCounter(DEVELOPERS));
    this.addSql(countExisting(DEVELOPERS));
  }
}
