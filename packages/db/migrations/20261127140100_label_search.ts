import { Migration } from '@mikro-orm/migrations';

const INDEXES: Record<string, string> = {
  label_search: 'label_text(labels) gin_trgm_ops',
  label_short_words: 'short_words(label_text(labels))',
};

/** Builds the indexes while the tables are being written, which a transaction cannot. */
export class Migration20261127140100_label_search extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    for (const table of ['application', 'credential']) {
      for (const [name, looksUp] of Object.entries(INDEXES)) {
        // An attempt that was interrupted leaves an invalid index behind.
        this.addSql(`drop index concurrently if exists ${table}_${name}`);
        this.addSql(`create index concurrently ${table}_${name} on ${table} using gin (${looksUp})`);
      }
    }
  }
}
