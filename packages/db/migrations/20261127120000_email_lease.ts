import { Migration } from '@mikro-orm/migrations';

/** A constant default rewrites nothing. A worker of the previous release neither sets the column nor looks at it. */
export class Migration20261127120000_email_lease extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(`alter table "email" add "leased" boolean not null default false`);
  }
}
