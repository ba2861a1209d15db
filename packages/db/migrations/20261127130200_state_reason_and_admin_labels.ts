import { Migration } from '@mikro-orm/migrations';

export class Migration20261127130200_state_reason_and_admin_labels extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(COLUMNS);
  }
}

const COLUMNS = `alter table "developer" add "state_reason" text null, add "admin_labels" jsonb not null default '{}'`;
