import { Migration } from '@mikro-orm/migrations';

export class Migration20261125220000_login_options extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(LOGIN_OPTIONS);
    this.addSql(BUILT_IN);
    this.addSql(IDENTITIES);
    this.addSql(SESSIONS);
    // Last, for every command waits from here until the commit.
    this.addSql(EVENTS);
  }
}

const LOGIN_OPTIONS = `
create table "login_option" ("id" uuid not null, "portal_id" uuid not null, "name" text not null, "logo" text null, "provider_type" text not null, "disable" boolean not null default false, "config" jsonb not null, "secrets" jsonb not null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));
create index "login_option_created_at" on "login_option" ("portal_id", "created_at", "id");
create index "login_option_name" on "login_option" ("portal_id", "name", "id");
create unique index login_option_built_in_unique on login_option (portal_id) where provider_type = 'built_in';
alter table "login_option" add constraint "login_option_portal_id_foreign" foreign key ("portal_id") references "portal" ("id") on delete cascade;
alter table "login_option" add constraint "login_option_provider_type_check" check ("provider_type" in ('built_in', 'oidc', 'saml', 'ldap', 'cas'));
`;

// Every portal has it from its creation on. The previous release makes portals without: that is as if it were enabled.
const BUILT_IN = `
insert into login_option (id, portal_id, name, provider_type, config, secrets, created_at, updated_at)
  select gen_random_uuid(), id, 'Password', 'built_in', '{}', '{}', created_at, created_at from portal;
`;

const IDENTITIES = `
create table "identity" ("id" uuid not null, "developer_uid" uuid not null, "login_option_id" uuid not null, "subject" text not null, "created_at" timestamptz(3) not null, "last_login_at" timestamptz(3) not null, primary key ("id"));
create index "identity_developer" on "identity" ("developer_uid");
alter table "identity" add constraint "identity_subject_unique" unique ("login_option_id", "subject");
alter table "identity" add constraint "identity_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete cascade;
alter table "identity" add constraint "identity_login_option_id_foreign" foreign key ("login_option_id") references "login_option" ("id") on delete cascade;
create table "sso_answer" ("login_option_id" uuid not null, "hash" text not null, "expires_at" timestamptz(3) not null, primary key ("login_option_id", "hash"));
create index "sso_answer_expires_at" on "sso_answer" ("expires_at");
alter table "sso_answer" add constraint "sso_answer_login_option_id_foreign" foreign key ("login_option_id") references "login_option" ("id") on delete cascade;
`;

const SESSIONS = `
alter table "session" add "login_option_id" uuid null;
alter table "session" add constraint "session_login_option_id_foreign" foreign key ("login_option_id") references "login_option" ("id") on delete cascade;
create index "session_login_option" on "session" ("login_option_id");
`;

// Not validated: what is there fits the narrower rule that was, and reading all of it would hold everybody up.
const EVENTS = `
alter table "event" drop constraint "event_resource_type_check";
alter table "event" add constraint "event_resource_type_check" check ("resource_type" in ('portal', 'developer', 'approval', 'deletion', 'token', 'email', 'api_product', 'application', 'credential', 'subscription', 'session', 'login_option')) not valid;
`;
