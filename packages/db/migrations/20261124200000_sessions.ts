import { Migration } from '@mikro-orm/migrations';

export class Migration20261124200000_sessions extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(DEVELOPERS);
    this.addSql(SESSIONS);
    // Last, for every command waits from here until the commit.
    this.addSql(EVENTS);
  }
}

// Not validated: what is there fits the narrower rules that were, and reading all of it would hold everybody up.
const EVENTS = `
alter table "event" drop constraint "event_actor_kind_check";
alter table "event" add constraint "event_actor_kind_check" check ("actor_kind" in ('admin_token', 'portal_token', 'developer', 'system', 'anonymous')) not valid;
alter table "event" drop constraint "event_resource_type_check";
alter table "event" add constraint "event_resource_type_check" check ("resource_type" in ('portal', 'developer', 'approval', 'deletion', 'token', 'email', 'api_product', 'application', 'credential', 'subscription', 'session')) not valid;
`;

const DEVELOPERS = `
alter table "developer" add "link_version" int not null default 0;
create index developer_email on developer (portal_id, email_key) where left_at is null;
create index developer_unverified on developer (created_at) where left_at is null and state = 'Pending' and not email_verified;
`;

const SESSIONS = `
create table "session" ("id" uuid not null, "developer_uid" uuid not null, "token_hash" text not null, "restricted" boolean not null default false, "created_at" timestamptz(3) not null, "last_used_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("id"));
create index "session_developer" on "session" ("developer_uid", "created_at", "id");
create index "session_expires_at" on "session" ("expires_at");
alter table "session" add constraint "session_token_hash_unique" unique ("token_hash");
alter table "session" add constraint "session_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete cascade;
`;
