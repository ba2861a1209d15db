import { Migration } from '@mikro-orm/migrations';

export class Migration20261127130000_pending_email extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql('alter table "developer" add "pending_email" text null');
    this.addSql(EMAIL_UNDO);
  }
}

const EMAIL_UNDO = `
create table "email_undo" ("id" uuid not null, "developer_uid" uuid not null, "email" text not null, "email_key" text not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("id"));
create index "email_undo_expires_at" on "email_undo" ("expires_at");
alter table "email_undo" add constraint "email_undo_unique" unique ("developer_uid", "email_key");
alter table "email_undo" add constraint "email_undo_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete cascade;
`;
