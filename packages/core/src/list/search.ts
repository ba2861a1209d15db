import { allOf, fragment, type Fragment } from './fragment.ts';

/** Scripts whose words or names have one or two characters and stand without spaces between them. */
const SHORT_WORDS =
  /[\p{Script=Hani}\p{Script=Hira}\p{Script=Kana}\p{Script=Hang}\p{Script=Bopo}\p{Script=Thai}\p{Script=Laoo}\p{Script=Khmr}\p{Script=Mymr}]/u;

/**
 * Searches literally and without case. `column` holds each searched text after a line feed. Trigrams cannot find a term
 * of fewer than three characters inside a word, so such a term matches only the start of a text. Two kinds of short terms
 * are found anywhere: those that start with a sign (`%`), and those in Chinese, Japanese, Korean or Thai, where they may
 * be whole names. The latter use the index `short_words`.
 */
export function matches(column: string, search: string | undefined): Fragment[] {
  if (search === undefined) return [];
  const literal = search.replace(/[\\%_]/g, '\\$&');
  const anywhere = fragment(`${column} like lower(?)`, `%${literal}%`);
  if ([...search].length >= 3) return [anywhere];
  // For `like`, PostgreSQL may read a whole trigram index and then every row (11 s for 200,000 rows).
  if (SHORT_WORDS.test(search))
    return [
      fragment(`short_words(${column}) @> short_words(?)`, search),
      fragment(`strpos(${column}, lower(?)) > 0`, search),
    ];
  return /^[\p{L}\p{N}]/u.test(search) ? [fragment(`${column} like lower(?)`, `%\n${literal}%`)] : [anywhere];
}

/** Like `matches`, in any of these columns or expressions, each with its own indexes. */
export function matchesAny(columns: readonly string[], search: string | undefined): Fragment[] {
  if (search === undefined) return [];
  const each = columns.map((column) => matches(column, search));
  const sql = each.map((all) => `(${allOf(all)})`).join(' or ');
  return [fragment(`(${sql})`, ...each.flat().flatMap(({ params }) => params))];
}
