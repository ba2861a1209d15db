import { Migration } from '@mikro-orm/migrations';

export class Migration20261125230000_event_context extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(EVENT_CONTEXTS);
    // Last, for every command waits from here until the commit.
    this.addSql(EVENTS);
  }
}

const EVENT_CONTEXTS = `
create table "event_context" ("event_id" uuid not null, "developer_uid" uuid null, "portal_id" uuid null, "address" text null, "user_agent" text null, "occurred_at" timestamptz(3) not null, primary key ("event_id"));
create index "event_context_developer" on "event_context" ("developer_uid");
create index "event_context_portal" on "event_context" ("portal_id", "occurred_at");
alter table "event_context" add constraint "event_context_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete cascade;
`;

const EVENTS = `
alter table "event_context" add constraint "event_context_event_id_foreign" foreign key ("event_id") references "event" ("id") on update cascade on delete cascade;
`;
