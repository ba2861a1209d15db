import { Migration } from '@mikro-orm/migrations';

export class Migration20261124000000_initial extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql('create extension if not exists pg_trgm');
    this.addSql('create extension if not exists btree_gin');
    this.addSql(TABLES);
    this.addSql(RATE_LIMITS);
  }
}

// In the shape rate-limiter-flexible wants. Unlogged: counts need not survive a crash, and cost no write-ahead log.
const RATE_LIMITS =
  'create unlogged table rate_limit (key text primary key, points integer not null default 0, expire bigint)';

const TABLES = `
create table "event" ("id" uuid not null, "name" text not null, "actor_kind" text not null, "actor_id" text null, "on_behalf_of" text null, "portal_id" uuid null, "resource_type" text not null, "resource_id" text not null, "changed" text[] not null default '{}', "request_id" text null, "occurred_at" timestamptz(3) not null, primary key ("id"));
create index "event_occurred_at" on "event" ("occurred_at", "id");
create index "event_portal" on "event" ("portal_id", "occurred_at", "id");
create index "event_resource" on "event" ("resource_type", "resource_id", "occurred_at", "id");
create index "event_name" on "event" ("name", "occurred_at", "id");
create index "event_request" on "event" ("request_id");
alter table "event" add constraint "event_actor_kind_check" check ("actor_kind" in ('admin_token', 'portal_token', 'system', 'anonymous'));
alter table "event" add constraint "event_resource_type_check" check ("resource_type" in ('portal', 'developer', 'approval', 'deletion', 'token', 'email', 'api_product', 'application'));
create or replace function "event_event_is_append_only_fn"() returns trigger as $$ begin raise exception 'the event log is append-only'; end; $$ language plpgsql;
create trigger "event_is_append_only" BEFORE UPDATE OR DELETE on "event" for each ROW execute function "event_event_is_append_only_fn"();

create table "outbox" ("event_id" uuid not null, primary key ("event_id"));
create or replace function "outbox_outbox_wakes_relay_fn"() returns trigger as $$ begin perform pg_notify('gatehouse_outbox', ''); return null; end; $$ language plpgsql;
create trigger "outbox_wakes_relay" AFTER INSERT on "outbox" for each STATEMENT execute function "outbox_outbox_wakes_relay_fn"();

create table "portal" ("id" uuid not null, "name" text not null, "slug" text not null, "public_url" text null, "labels" jsonb not null default '{}', "settings" jsonb not null, "search_text" text generated always as (lower(chr(10) || name || chr(10) || slug)) stored null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));
create index "portal_created_at" on "portal" ("created_at", "id");
create index "portal_name" on "portal" ("name", "id");
create index portal_search on portal using gin (search_text gin_trgm_ops);
alter table "portal" add constraint "portal_slug_unique" unique ("slug");

create table "developer" ("id" uuid not null, "portal_id" uuid not null, "developer_id" text not null, "username" text not null, "username_key" text not null, "name" text not null, "email" text null, "email_key" text null, "email_verified" boolean not null default false, "email_set_by_admin" boolean not null default false, "state" text not null, "provider" text not null, "labels" jsonb not null default '{}', "password_hash" text null, "must_change_password" boolean not null default false, "one_time_password_expires_at" timestamptz(3) null, "last_active_at" timestamptz(3) null, "left_at" timestamptz(3) null, "search_text" text generated always as (lower(chr(10) || username || chr(10) || name || chr(10) || coalesce(email, '') || chr(10) || developer_id)) stored null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));
create unique index developer_id_unique on developer (portal_id, developer_id) where left_at is null;
create unique index developer_username_unique on developer (portal_id, username_key) where left_at is null;
create unique index developer_email_unique on developer (portal_id, email_key) where left_at is null and (email_verified or email_set_by_admin);
create index developer_created_at on developer (portal_id, created_at, id) where left_at is null;
create index developer_state on developer (portal_id, state, created_at, id) where left_at is null;
create index developer_last_active_asc on developer (portal_id, last_active_at, id) where left_at is null;
create index developer_last_active_desc on developer (portal_id, last_active_at desc nulls last, id desc) where left_at is null;
create index developer_username_order on developer (portal_id, username_key, id) where left_at is null;
create index developer_search on developer using gin (portal_id, search_text gin_trgm_ops) where left_at is null;
create index developer_labels on developer using gin (portal_id, labels jsonb_path_ops) where left_at is null;
create index "developer_portal" on "developer" ("portal_id");
alter table "developer" add constraint "developer_state_check" check ("state" in ('Pending', 'Active', 'Suspended'));
alter table "developer" add constraint "developer_provider_check" check ("provider" in ('builtin', 'sso'));

create table "application" ("id" uuid not null, "developer_uid" uuid not null, "name" text not null, "desc" text not null default '', "labels" jsonb not null default '{}', "search_text" text generated always as (lower(chr(10) || name || chr(10) || "desc")) stored null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));
create index "application_developer_updated_at" on "application" ("developer_uid", "updated_at", "id");
create index "application_developer_created_at" on "application" ("developer_uid", "created_at", "id");
create index "application_updated_at" on "application" ("updated_at", "id");
create index "application_created_at" on "application" ("created_at", "id");
create index application_search on application using gin (search_text gin_trgm_ops);
create index application_labels on application using gin (labels jsonb_path_ops);

create table "credential" ("id" uuid not null, "application_id" uuid not null, "type" text not null, "name" text not null, "desc" text not null default '', "labels" jsonb not null default '{}', "prefix" text null, "expires_at" timestamptz(3) null, "last_used_at" timestamptz(3) null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));
create index "credential_application" on "credential" ("application_id");
alter table "credential" add constraint "credential_type_check" check ("type" in ('key-auth', 'basic-auth', 'oauth'));

create table "deletion" ("id" uuid not null, "portal_id" uuid not null, "developer_uid" uuid null, "developer_id" text not null, "username" text not null, "requested_by" text null, "cause" text not null, "status" text not null, "progress" jsonb not null, "due_at" timestamptz(3) not null, "requested_at" timestamptz(3) not null, "completed_at" timestamptz(3) null, "anonymised_at" timestamptz(3) null, primary key ("id"));
create index "deletion_portal" on "deletion" ("portal_id");
create index "deletion_developer" on "deletion" ("developer_uid");
create index "deletion_requested_at" on "deletion" ("requested_at", "id");
create index deletion_due on deletion (due_at) where status <> 'completed';
create index deletion_to_anonymise on deletion (completed_at) where anonymised_at is null;
alter table "deletion" add constraint "deletion_cause_check" check ("cause" in ('deleted', 'rejected'));
alter table "deletion" add constraint "deletion_status_check" check ("status" in ('pending', 'running', 'completed'));

create table "email" ("id" uuid not null, "portal_id" uuid not null, "event_id" uuid not null, "developer_uid" uuid null, "deletion_id" uuid null, "kind" text not null, "to" text not null, "subject" text not null, "data" jsonb not null, "message_id" text not null, "status" text not null, "queued_at" timestamptz(3) not null, "attempts" int not null default 0, "last_error" text null, "due_at" timestamptz(3) not null, "created_at" timestamptz(3) not null, "sent_at" timestamptz(3) null, primary key ("id"));
create index "email_developer" on "email" ("developer_uid");
create index "email_deletion" on "email" ("deletion_id");
create index "email_created_at" on "email" ("created_at", "id");
create index "email_portal" on "email" ("portal_id", "created_at", "id");
create index "email_to" on "email" ("to", "created_at", "id");
create index "email_status" on "email" ("status", "created_at", "id");
create index email_due on email (due_at) where status = 'queued';
alter table "email" add constraint "email_once" unique ("event_id", "kind", "to");
alter table "email" add constraint "email_status_check" check ("status" in ('queued', 'sent', 'failed', 'suppressed'));

create table "api_product" ("id" uuid not null, "portal_id" uuid not null, "name" text not null, "desc" text not null default '', "labels" jsonb not null default '{}', "type" text not null, "status" text not null, "visibility" text not null, "auth" jsonb not null default '{}', "subscription_auto_approval" boolean not null default false, "can_view_unsubscribed" boolean not null default true, "search_text" text generated always as (lower(chr(10) || name || chr(10) || "desc")) stored null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));
create index "api_product_created_at" on "api_product" ("portal_id", "created_at", "id");
create index "api_product_updated_at" on "api_product" ("portal_id", "updated_at", "id");
create index "api_product_name" on "api_product" ("portal_id", "name", "id");
create index api_product_search on api_product using gin (portal_id, search_text gin_trgm_ops);
create index api_product_labels on api_product using gin (portal_id, labels jsonb_path_ops);
alter table "api_product" add constraint "api_product_type_check" check ("type" in ('gateway', 'external'));
alter table "api_product" add constraint "api_product_status_check" check ("status" in ('draft', 'published'));
alter table "api_product" add constraint "api_product_visibility_check" check ("visibility" in ('public', 'logged_in'));

create table "subscription" ("id" uuid not null, "developer_uid" uuid not null, "application_id" uuid not null, "api_product_id" uuid not null, "status" text not null, "subscribed_at" timestamptz(3) null, "created_at" timestamptz(3) not null, primary key ("id"));
create index "subscription_developer" on "subscription" ("developer_uid");
create index "subscription_api_product" on "subscription" ("api_product_id");
alter table "subscription" add constraint "subscription_unique" unique ("application_id", "api_product_id");
alter table "subscription" add constraint "subscription_status_check" check ("status" in ('wait_for_approval', 'subscribed'));

create table "approval" ("id" uuid not null, "portal_id" uuid not null, "developer_uid" uuid null, "subscription_id" uuid null, "deletion_id" uuid null, "event" text not null, "status" text not null, "result" text null, "resource_type" text not null, "resource_id" text not null, "resource_name" text not null, "applicant_id" text not null, "applicant_name" text not null, "operator_id" text null, "operator_name" text null, "reason" text null, "metadata" text null, "search_text" text generated always as (lower(chr(10) || resource_name || chr(10) || applicant_name)) stored null, "applied_at" timestamptz(3) not null, "operated_at" timestamptz(3) null, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, primary key ("id"));
create index "approval_developer" on "approval" ("developer_uid");
create index "approval_subscription" on "approval" ("subscription_id");
create index "approval_deletion" on "approval" ("deletion_id");
create index "approval_portal_applied_at" on "approval" ("portal_id", "applied_at", "id");
create index "approval_applied_at" on "approval" ("applied_at", "id");
create index approval_pending on approval (applied_at, id) where status = 'pending';
create index "approval_operated_at_asc" on "approval" ("operated_at", "id");
create index approval_operated_at_desc on approval (operated_at desc nulls last, id desc);
create index "approval_resource_name" on "approval" ("resource_name", "id");
create index approval_search on approval using gin (search_text gin_trgm_ops);
create unique index approval_one_pending_registration on approval (developer_uid) where status = 'pending' and event = 'developer_registration';
create unique index approval_one_pending_subscription on approval (subscription_id) where status = 'pending' and event = 'api_product_subscription';
alter table "approval" add constraint "approval_finished_has_result" check ((status = 'finished') = (result is not null));
alter table "approval" add constraint "approval_event_check" check ("event" in ('developer_registration', 'api_product_subscription'));
alter table "approval" add constraint "approval_status_check" check ("status" in ('pending', 'finished'));
alter table "approval" add constraint "approval_result_check" check ("result" in ('accepted', 'rejected', 'cancelled'));
alter table "approval" add constraint "approval_resource_type_check" check ("resource_type" in ('developer', 'api_product'));

create table "token" ("id" uuid not null, "kind" text not null, "name" text not null, "portal_id" uuid null, "scopes" jsonb not null, "prefix" text not null, "hash" text not null, "bootstrap" boolean not null default false, "expires_at" timestamptz(3) null, "last_used_at" timestamptz(3) null, "created_at" timestamptz(3) not null, primary key ("id"));
create index "token_portal" on "token" ("portal_id");
create index "token_created_at" on "token" ("created_at", "id");
create index "token_name" on "token" ("name", "id");
create unique index token_one_bootstrap on token (bootstrap) where bootstrap;
alter table "token" add constraint "token_hash_unique" unique ("hash");
alter table "token" add constraint "token_kind_check" check ("kind" in ('admin', 'portal'));

alter table "outbox" add constraint "outbox_event_id_foreign" foreign key ("event_id") references "event" ("id") on update cascade on delete cascade;

alter table "developer" add constraint "developer_portal_id_foreign" foreign key ("portal_id") references "portal" ("id");

alter table "application" add constraint "application_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete cascade;

alter table "credential" add constraint "credential_application_id_foreign" foreign key ("application_id") references "application" ("id") on delete cascade;

alter table "deletion" add constraint "deletion_portal_id_foreign" foreign key ("portal_id") references "portal" ("id") on delete cascade;
alter table "deletion" add constraint "deletion_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete set null;

alter table "email" add constraint "email_portal_id_foreign" foreign key ("portal_id") references "portal" ("id") on delete cascade;
alter table "email" add constraint "email_event_id_foreign" foreign key ("event_id") references "event" ("id");
alter table "email" add constraint "email_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete set null;
alter table "email" add constraint "email_deletion_id_foreign" foreign key ("deletion_id") references "deletion" ("id") on delete set null;

alter table "api_product" add constraint "api_product_portal_id_foreign" foreign key ("portal_id") references "portal" ("id") on delete cascade;

alter table "subscription" add constraint "subscription_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete cascade;
alter table "subscription" add constraint "subscription_application_id_foreign" foreign key ("application_id") references "application" ("id") on delete cascade;
alter table "subscription" add constraint "subscription_api_product_id_foreign" foreign key ("api_product_id") references "api_product" ("id") on delete cascade;

alter table "approval" add constraint "approval_portal_id_foreign" foreign key ("portal_id") references "portal" ("id") on delete cascade;
alter table "approval" add constraint "approval_developer_uid_foreign" foreign key ("developer_uid") references "developer" ("id") on delete set null;
alter table "approval" add constraint "approval_subscription_id_foreign" foreign key ("subscription_id") references "subscription" ("id") on delete set null;
alter table "approval" add constraint "approval_deletion_id_foreign" foreign key ("deletion_id") references "deletion" ("id") on delete set null;

alter table "token" add constraint "token_portal_id_foreign" foreign key ("portal_id") references "portal" ("id") on delete cascade;
`;
