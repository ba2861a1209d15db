import { Migration } from '@mikro-orm/migrations';

const BUILT: Record<string, string> = {
  developer_state_last_active: `developer (portal_id, state, last_active_at, id) where left_at is null`,
  developer_state_username: `developer (portal_id, state, username_key, id) where left_at is null`,
  developer_provider: `developer (portal_id, provider, created_at, id) where left_at is null`,
  developer_invitation: `developer (portal_id, must_change_password, created_at, id) where left_at is null`,
  application_portal_updated_at: `application (portal_id, updated_at, id) include (developer_uid)`,
  application_portal_created_at: `application (portal_id, created_at, id) include (developer_uid)`,
  credential_portal_updated_at: `credential (portal_id, updated_at, id) include (developer_uid)`,
  credential_portal_created_at: `credential (portal_id, created_at, id) include (developer_uid)`,
  credential_portal_name: `credential (portal_id, name, id) include (developer_uid)`,
  credential_portal_type: `credential (portal_id, type, updated_at, id) include (developer_uid)`,
  credential_developer_updated_at: `credential (developer_uid, updated_at, id)`,
  credential_developer_created_at: `credential (developer_uid, created_at, id)`,
  credential_developer_name: `credential (developer_uid, name, id)`,
  subscription_portal: `subscription (portal_id, subscribed_at, id) include (developer_uid)`,
  subscription_portal_status: `subscription (portal_id, status, subscribed_at, id) include (developer_uid)`,
  subscription_product: `subscription (api_product_id, subscribed_at, id) include (developer_uid)`,
  subscription_product_status: `subscription (api_product_id, status, subscribed_at, id) include (developer_uid)`,
  subscription_owner: `subscription (developer_uid, subscribed_at, id)`,
  approval_owner: `approval (developer_uid, applied_at, id)`,
  approval_portal_operated_at: `approval (portal_id, operated_at, id)`,
  approval_portal_resource_name: `approval (portal_id, resource_name, id)`,
  approval_event: `approval (event, applied_at, id)`,
  approval_portal_event: `approval (portal_id, event, applied_at, id)`,
  approval_result: `approval (result, applied_at, id)`,
  approval_resource_type: `approval (resource_type, applied_at, id)`,
  approval_applicant: `approval (applicant_name, applied_at, id)`,
  approval_operator: `approval (operator_name, applied_at, id) where operator_name is not null`,
  approval_pending_operated_at: `approval (operated_at, id) where status = 'pending'`,
  approval_pending_resource_name: `approval (resource_name, id) where status = 'pending'`,
  approval_portal_pending: `approval (portal_id, applied_at, id) include (event, developer_uid) where status = 'pending'`,
  approval_portal_pending_operated_at: `approval (portal_id, operated_at, id) where status = 'pending'`,
  approval_portal_pending_name: `approval (portal_id, resource_name, id) where status = 'pending'`,
  deletion_portal_requested_at: `deletion (portal_id, requested_at, id)`,
  deletion_status: `deletion (status, requested_at, id)`,
  email_kind: `email (kind, created_at, id)`,
  email_portal_status: `email (portal_id, status, created_at, id)`,
  email_portal_kind: `email (portal_id, kind, created_at, id)`,
  event_resource_id: `event (resource_id, occurred_at, id)`,
  event_resource_type: `event (resource_type, occurred_at, id)`,
};

/** Replaced by those above. The previous release used them only together with joins and sorts of a whole portal. */
const DROPPED = [
  'developer_invited',
  'application_updated_at',
  'application_created_at',
  'credential_updated_at',
  'credential_created_at',
  'credential_name',
  'subscription_developer',
  'subscription_api_product',
  'subscription_subscribed_at_asc',
  'subscription_subscribed_at_desc',
  'approval_developer',
  'approval_operated_at_desc',
  'deletion_portal',
  'event_resource',
];

/** Builds the indexes while the tables are being written, which a transaction cannot. */
export class Migration20261128011000_order_indexes extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    for (const [name, definition] of Object.entries(BUILT)) {
      // An attempt that was interrupted leaves an invalid index behind.
      this.addSql(`drop index concurrently if exists ${name}`);
      this.addSql(`create index concurrently ${name} on ${definition}`);
    }
    for (const name of DROPPED) this.addSql(`drop index concurrently if exists ${name}`);
  }
}
