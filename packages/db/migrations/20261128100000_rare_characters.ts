import { Migration } from '@mikro-orm/migrations';

/** Characters that can be found alone: all except lower-case ASCII letters, digits, spaces and line feeds. */
const RARE_CHARACTERS = `
create or replace function rare_characters(text) returns text[] language sql immutable strict parallel safe as $$
  select string_to_array(translate($1, 'abcdefghijklmnopqrstuvwxyz0123456789 ' || chr(10), ''), null)
$$`;

const INDEXES: Record<string, string> = {
  developer: 'developer using gin (portal_id, rare_characters(search_text)) where left_at is null',
  application: 'application using gin (rare_characters(search_text))',
  application_label: 'application using gin (rare_characters(label_text(labels)))',
  credential: 'credential using gin (rare_characters(search_text))',
  credential_label: 'credential using gin (rare_characters(label_text(labels)))',
  approval: 'approval using gin (rare_characters(search_text))',
};

/** Each index replaces one of `short_words`, which contains only characters of scripts without spaces. */
export class Migration20261128100000_rare_characters extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql(RARE_CHARACTERS);
    for (const [name, definition] of Object.entries(INDEXES)) {
      // An attempt that was interrupted leaves an invalid index behind.
      this.addSql(`drop index concurrently if exists ${name}_rare_characters`);
      this.addSql(`create index concurrently ${name}_rare_characters on ${definition}`);
      this.addSql(`drop index concurrently if exists ${name}_short_words`);
    }
    for (const table of ['developer', 'application', 'credential', 'approval']) this.addSql(`analyze ${table}`);
  }
}
