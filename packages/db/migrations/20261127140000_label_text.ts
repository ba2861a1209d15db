import { Migration } from '@mikro-orm/migrations';

export class Migration20261127140000_label_text extends Migration {
  override up(): void {
    this.addSql(LABEL_TEXT);
  }
}

/** What a search looks through in labels: each key and each value on a line of its own, as in a `search_text`. */
const LABEL_TEXT = `
create function label_text(labels jsonb) returns text language sql immutable strict parallel safe as $$
  select lower(string_agg(chr(10) || key || chr(10) || value, '')) from jsonb_each_text(labels)
$$;
`;
