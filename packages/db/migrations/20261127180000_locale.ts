import { Migration } from '@mikro-orm/migrations';

/** Constant defaults and nullable columns, so that no table is rewritten. */
export class Migration20261127180000_locale extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(`alter table "developer" add "locale" text null`);
    this.addSql(`alter table "email" add "locale" text not null default 'en'`);
    this.addSql(`alter table "email_undo" add "undone_at" timestamptz(3) null`);
  }
}
