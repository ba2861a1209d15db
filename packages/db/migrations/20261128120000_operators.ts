import { Migration } from '@mikro-orm/migrations';

export class Migration20261128120000_operators extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '50ms'`);
    this.addSql(OPERATORS);
    this.addSql(SESSIONS);
    this.addSql(EVENTS);
  }
}

const OPERATORS = `
create table "operator" ("id" uuid not null, "name" text not null, "email" text not null, "email_key" text not null, "role" text not null, "portal_ids" uuid[] null, "state" text not null, "password_hash" text null, "link_version" int not null default 0, "last_login_at" timestamptz(3) null, "search_text" text generated always as (lower(chr(10) || name || chr(10) || email)) stored null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));
create index "operator_created_at" on "operator" ("created_at", "id");
create index "operator_name" on "operator" ("name", "id");
create index "operator_email" on "operator" ("email_key", "id");
create index operator_portals on operator using gin (portal_ids);
create index "operator_last_login_at" on "operator" ("last_login_at", "id");
create index operator_search_terms on operator using gin (trigram_text(search_text) gin_trgm_ops);
alter table "operator" add constraint "operator_email_unique" unique ("email_key");
alter table "operator" add constraint "operator_role_check" check ("role" in ('viewer', 'approver', 'manager', 'owner'));
alter table "operator" add constraint "operator_state_check" check ("state" in ('invited', 'active', 'disabled'));
`;

const SESSIONS = `
create table "operator_session" ("id" uuid not null, "operator_id" uuid null, "token_id" uuid null, "token_hash" text not null, "created_at" timestamptz(3) not null, "last_used_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, primary key ("id"), constraint operator_session_has_one_holder check (num_nonnulls(operator_id, token_id) = 1));
create index "operator_session_operator" on "operator_session" ("operator_id", "created_at", "id");
create index "operator_session_token" on "operator_session" ("token_id", "created_at", "id");
create index "operator_session_expires_at" on "operator_session" ("expires_at");
alter table "operator_session" add constraint "operator_session_token_hash_unique" unique ("token_hash");
alter table "operator_session" add constraint "operator_session_operator_id_foreign" foreign key ("operator_id") references "operator" ("id") on delete cascade;
alter table "operator_session" add constraint "operator_session_token_id_foreign" foreign key ("token_id") references "token" ("id") on delete cascade;
`;

/**
 * Last, because every command waits from here until the commit. The wider checks are not validated here: the existing rows
 * fit the narrower ones, and reading them would block all writers. A partition keeps its own copy of a check and of
 * `not null` when its parent drops it.
 */
const EVENTS = `
lock table event, email in access exclusive mode;
alter table event drop constraint event_actor_kind_check;
alter table event drop constraint event_resource_type_check;
do $$
declare
  part regclass;
begin
  for part in select inhrelid from pg_inherits where inhparent = 'event'::regclass loop
    execute format('alter table %s drop constraint if exists event_actor_kind_check, drop constraint if exists event_resource_type_check', part);
  end loop;
end $$;
alter table event add constraint event_actor_kind_check check (actor_kind in ('admin_token', 'operator', 'portal_token', 'developer', 'system', 'anonymous')) not valid;
alter table event add constraint event_resource_type_check check (resource_type in ('portal', 'developer', 'approval', 'deletion', 'token', 'email', 'api_product', 'application', 'credential', 'subscription', 'session', 'login_option', 'operator', 'operator_session')) not valid;
alter table email alter column portal_id drop not null;
do $$
declare
  part regclass;
begin
  for part in select inhrelid from pg_inherits where inhparent = 'email'::regclass loop
    execute format('alter table %s alter column portal_id drop not null', part);
  end loop;
end $$;
`;
