import { compose, every, fragment, type Fragment } from './fragment.ts';

/** Scripts whose words or names have one or two characters and stand without spaces between them. */
const SHORT_WORDS =
  /[\p{Script=Hani}\p{Script=Hira}\p{Script=Kana}\p{Script=Hang}\p{Script=Bopo}\p{Script=Thai}\p{Script=Laoo}\p{Script=Khmr}\p{Script=Mymr}]/u;

/** Terms without a trigram: at most one letter or digit, and then signs only. In `trigram_text`, `@` is made of letters. */
const SIGNS = /^[\p{L}\p{N}]?[^\p{L}\p{N}@]*$/u;

/**
 * Searches literally and without case or spaces around the term. `column` holds each searched text after a line feed. Trigrams cannot find a term
 * of fewer than three characters inside a word, so such a term matches only the start of a text. Two kinds of short terms
 * are found anywhere: those that start with a sign (`%`), and those in Chinese, Japanese, Korean or Thai, where they may
 * be whole names. The index of `rare_characters` finds terms that have no trigram.
 */
export function matches(column: string, given: string | undefined): Fragment[] {
  const search = given?.trim();
  if (!search) return [];
  const isShort = [...search].length < 3;
  const isShortWord = isShort && SHORT_WORDS.test(search);
  const isAtStart = isShort && !isShortWord && /^[\p{L}\p{N}]/u.test(search);
  const term = isAtStart ? `\n${search}` : search;
  const found = fragment(`strpos(${column}, lower(?)) > 0`, term);
  // For `like` without a trigram, PostgreSQL may read a whole index and then every row (11 s for 200,000 rows).
  return isShortWord || SIGNS.test(term)
    ? [fragment(`rare_characters(${column}) @> rare_characters(lower(?))`, search), found]
    : [fragment(`trigram_text(${column}) like lower(?)`, patternOf(term)), found];
}

/** The pattern of a term in `trigram_text`. */
const patternOf = (term: string): string =>
  `%${term
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('\n', ' qq')
    .replaceAll('@', 'qzq')}%`;

/** Like `matches`, in a text and optionally in labels. Each has its own indexes. */
export function matchesAny({ text, labels }: { text: string; labels?: string }, given: string | undefined): Fragment[] {
  const search = given?.trim();
  if (!search) return [];
  const inText = every(matches(text, search));
  if (labels === undefined) return [inText];
  // `label_text` takes ten times as long as the text of the JSON, which shows that most labels do not match.
  const quickly = fragment(`strpos(lower(${labels}::text), lower(?)) > 0`, JSON.stringify(search).slice(1, -1));
  const inLabels = every([quickly, ...matches(`label_text(${labels})`, search)]);
  return [compose`((${inText}) or (${inLabels}))`];
}
