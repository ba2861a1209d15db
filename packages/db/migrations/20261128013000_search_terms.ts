import { Migration } from '@mikro-orm/migrations';

/**
 * What trigrams are made of. Trigrams consist of letters and digits only, so a search for a term at the start of a text, or
 * for `q@example`, found every text with such a word and read all of them. Here, starts and `@` are letters.
 */
const TRIGRAM_TEXT = `
create or replace function trigram_text(text) returns text language sql immutable strict parallel safe as $$
  select replace(replace($1, chr(10), ' qq'), '@', 'qzq')
$$`;

/** Each replaces the index whose name it extends. */
const INDEXES: Record<string, string> = {
  developer_search: `developer using gin (portal_id, trigram_text(search_text) gin_trgm_ops) where left_at is null`,
  application_search: `application using gin (trigram_text(search_text) gin_trgm_ops)`,
  application_label_search: `application using gin (trigram_text(label_text(labels)) gin_trgm_ops)`,
  credential_search: `credential using gin (trigram_text(search_text) gin_trgm_ops)`,
  credential_label_search: `credential using gin (trigram_text(label_text(labels)) gin_trgm_ops)`,
  approval_search: `approval using gin (trigram_text(search_text) gin_trgm_ops)`,
  api_product_search: `api_product using gin (portal_id, trigram_text(search_text) gin_trgm_ops)`,
  portal_search: `portal using gin (trigram_text(search_text) gin_trgm_ops)`,
};

export class Migration20261128013000_search_terms extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql(TRIGRAM_TEXT);
    for (const [name, definition] of Object.entries(INDEXES)) {
      // An attempt that was interrupted leaves an invalid index behind.
      this.addSql(`drop index concurrently if exists ${name}_terms`);
      this.addSql(`create index concurrently ${name}_terms on ${definition}`);
      this.addSql(`drop index concurrently if exists ${name}`);
    }
    // PostgreSQL does not use the statistics of a partial index.
    this.addSql('drop statistics if exists developer_trigram_text');
    this.addSql('create statistics developer_trigram_text on (trigram_text(search_text)) from developer');
    // Without statistics of the new expressions, it would take every term for a rare one.
    for (const table of ['developer', 'application', 'credential', 'approval', 'api_product', 'portal'])
      this.addSql(`analyze ${table}`);
  }
}
