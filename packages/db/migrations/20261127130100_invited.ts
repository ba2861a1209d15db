import { Migration } from '@mikro-orm/migrations';

export class Migration20261127130100_invited extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    // Partial: one scan of the table, and a handful of entries.
    this.addSql(
      'create index developer_invited on developer (portal_id, created_at, id) where left_at is null and must_change_password',
    );
  }
}
