import { Migration } from '@mikro-orm/migrations';

export class Migration20261127130200_state_reason_and_admin_labels extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(COLUMNS);
    // Partial: one scan of the table, and no entry yet.
    this.addSql(
      `create index developer_admin_labels on developer using gin (portal_id, admin_labels jsonb_path_ops) where left_at is null and admin_labels <> '{}'::jsonb`,
    );
  }
}

const COLUMNS = `alter table "developer" add "state_reason" text null, add "admin_labels" jsonb not null default '{}'`;
