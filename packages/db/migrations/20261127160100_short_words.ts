import { Migration } from '@mikro-orm/migrations';

const INDEXES: Record<string, string> = {
  developer_short_words: `developer using gin (portal_id, short_words(search_text)) where left_at is null`,
  application_short_words: `application using gin (short_words(search_text))`,
  credential_short_words: `credential using gin (short_words(search_text))`,
  approval_short_words: `approval using gin (short_words(search_text))`,
};

/** Builds the indexes while the tables are being written, which a transaction cannot. */
export class Migration20261127160100_short_words extends Migration {
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
