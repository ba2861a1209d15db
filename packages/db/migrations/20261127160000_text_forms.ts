import { Migration } from '@mikro-orm/migrations';

/** Letters of scripts that are written without spaces, or whose names have one or two characters. */
const SHORT_WORDS =
  '\\u0E00-\\u0EFF\\u1000-\\u109F\\u1100-\\u11FF\\u1780-\\u17FF\\u3005-\\u3007\\u3040-\\u312F\\u31A0-\\u31FF' +
  '\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uA960-\\uA97F\\uAC00-\\uD7FF\\uF900-\\uFAFF\\uFF66-\\uFFDC\\U00020000-\\U0003FFFF';

/** Default_Ignorable_Code_Point (UAX #44). */
const INVISIBLE =
  '\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F' +
  '\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFF8\\U0001BCA0-\\U0001BCA3\\U0001D173-\\U0001D17A' +
  '\\U000E0000-\\U000E0FFF';

/** Texts that are searched or compared. */
const COLUMNS: Record<string, string[]> = {
  portal: ['name'],
  developer: ['username', 'name'],
  application: ['name', 'desc'],
  credential: ['name', 'desc'],
  api_product: ['name', 'desc'],
  approval: ['resource_name', 'applicant_name', 'operator_name'],
  login_option: ['name'],
};

export class Migration20261127160000_text_forms extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(`
      create function short_words(text) returns text[] language sql immutable parallel safe strict as $$
        select case when $1 ~ '[${SHORT_WORDS}]'
          then array(select distinct unnest(string_to_array(regexp_replace($1, '[^${SHORT_WORDS}]+', '', 'g'), null)))
          else '{}' end
      $$`);
    // Only rows that are not yet in NFC are locked and written; the rest is read.
    for (const [table, columns] of Object.entries(COLUMNS)) {
      for (const column of columns) {
        this.addSql(
          `update "${table}" set "${column}" = normalize("${column}", NFC) where "${column}" is not nfc normalized`,
        );
      }
    }
    for (const table of ['portal', 'developer', 'application', 'credential', 'api_product']) {
      this.addSql(
        `update ${table} set labels = normalize(labels::text, NFC)::jsonb where labels::text is not nfc normalized`,
      );
    }
    this.addSql(VISIBLE_KEYS);
  }
}

/**
 * Of accounts whose usernames differ in invisible characters only, the oldest gets the visible key, unless an account has
 * it. The others keep theirs, because two equal keys would end the migration.
 */
const VISIBLE_KEYS = `
  update developer d set username_key = visible.key
  from (
    select distinct on (portal_id, key) id, key
    from (
      select id, portal_id, created_at, regexp_replace(username_key, '[${INVISIBLE}]', '', 'g') as key
      from developer where username_key ~ '[${INVISIBLE}]' and left_at is null
    ) as cleaned
    order by portal_id, key, created_at, id
  ) as visible
  where d.id = visible.id and visible.key <> '' and not exists (
    select 1 from developer o where o.portal_id = d.portal_id and o.left_at is null and o.username_key = visible.key)`;
