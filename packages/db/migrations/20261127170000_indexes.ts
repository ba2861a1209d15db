import { Migration } from '@mikro-orm/migrations';

const INDEXES: Record<string, string> = {
  developer_invited: `developer (portal_id, created_at, id) where left_at is null and must_change_password`,
  developer_admin_labels: `developer using gin (portal_id, admin_labels jsonb_path_ops) where left_at is null and admin_labels <> '{}'::jsonb`,
  developer_short_words: `developer using gin (portal_id, short_words(search_text)) where left_at is null`,
  application_short_words: `application using gin (short_words(search_text))`,
  application_label_search: `application using gin (label_text(labels) gin_trgm_ops)`,
  application_label_short_words: `application using gin (short_words(label_text(labels)))`,
  credential_short_words: `credential using gin (short_words(search_text))`,
  credential_label_search: `credential using gin (label_text(labels) gin_trgm_ops)`,
  credential_label_short_words: `credential using gin (short_words(label_text(labels)))`,
  approval_short_words: `approval using gin (short_words(search_text))`,
  // The mails that one developer's requests have sent to approvers in the last hour.
  email_subscription_pending: `email (developer_uid, created_at) where kind = 'subscription_pending'`,
};

/** Builds the indexes while the tables are being written, which a transaction cannot. */
export class Migration20261127170000_indexes extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    for (const [name, definition] of Object.entries(INDEXES)) {
      // An attempt that was interrupted leaves an invalid index behind.
      this.addSql(`drop index concurrently if exists ${name}`);
      this.addSql(`create index concurrently ${name} on ${definition}`);
    }
  }
}
