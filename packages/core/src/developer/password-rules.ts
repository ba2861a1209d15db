import { fieldError } from '@gatehouse/contract/errors';
import type { Portal } from '@gatehouse/db/entities/portal.entity';

/** The least characters of a repeated unit. A shorter unit is too easy to guess. */
const SHORTEST = 8;
/** The most letters around a name that do not make the password less guessable. */
const FEW = 2;

/** NIST SP 800-63B-4, 3.1.1.2: a minimum length and a block list with the portal's name, but no composition rules. */
export async function assertGoodPassword(
  password: string,
  { portal, names, field = 'password' }: { portal: Portal; names: (string | undefined)[]; field?: string },
): Promise<void> {
  const { name, slug, settings } = portal;
  await assertPassword(password, { minimum: settings.password_min_length, names: [name, slug, ...names], field });
}

/** The same with a given minimum length. */
export async function assertPassword(
  password: string,
  { minimum, names, field }: { minimum: number; names: (string | undefined)[]; field: string },
): Promise<void> {
  if ([...password.normalize('NFC')].length < minimum) {
    throw fieldError('invalid_input', field, `Must have at least ${minimum} characters`);
  }
  await assertUncommon(password, { field, names });
}

/**
 * Throws `password_too_common` for common passwords, context-specific words ("the name of the service, the username, and
 * derivatives thereof", NIST SP 800-63B-4) and a few repeated characters. Compares the whole password, because a long
 * password may contain such a word.
 */
export async function assertUncommon(
  password: string,
  { field, names }: { field: string; names: (string | undefined)[] },
): Promise<void> {
  // Loaded when a password is first set, because the lists take 30 MB.
  const { isCommonPassword } = await import('./common-passwords.ts');
  const folded = password.normalize('NFKC').toLowerCase();
  const isExpected = [...new Set([folded, plain(folded)])].some((text) => isGuessedFirst(text, isCommonPassword));
  if (isExpected || isMadeOf(repeatedIn(folded), wordsIn(['gatehouse', ...names]))) {
    throw fieldError('password_too_common', field, 'The password is too easy to guess. Choose another one.');
  }
}

function isGuessedFirst(text: string, isCommonPassword: (password: string) => boolean): boolean {
  const unit = repeatedIn(text);
  return isCommonPassword(unit) || (unit !== text && (unit.length < SHORTEST || isCommonPassword(text)));
}

/** The keys of a Russian and of a Latin keyboard. People type words of one layout on the other. */
const RUSSIAN_KEYS = 'йцукенгшщзхъфывапролджэячсмитьбюё';
const LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";

const SEPARATORS = /[\s\p{Pd}\p{Pc}.,:;/\\|+*]+/u;

/** The text without accents, on Latin keys, and without separators between single characters or numbers (`p-a-s-s`). */
function plain(text: string): string {
  const pieces = text.split(SEPARATORS);
  const isSpelledOut = pieces.every((piece) => piece.length <= FEW || /^\d+$/.test(piece));
  return [...(isSpelledOut ? pieces.join('') : text)]
    .map((character) => LATIN_KEYS[RUSSIAN_KEYS.indexOf(character)] ?? character)
    .join('')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '');
}

/** The shortest unit whose repetition makes up the text, or the text itself. The last repetition may be partial. */
function repeatedIn(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}

const lettersIn = (text: string): string => text.replaceAll(/\P{L}/gu, '');

/** The words to avoid, longest first. An address counts as a whole and as its part before the @. */
const wordsIn = (names: (string | undefined)[]): string[] =>
  names
    .flatMap((name) => (name === undefined ? [] : [name, name.replace(/@.*/, '')]))
    .map((name) => name.normalize('NFKC').toLowerCase())
    .toSorted((a, b) => b.length - a.length);

/** Whether the text has only these words, digits, signs and at most two more letters. */
function isMadeOf(text: string, words: string[]): boolean {
  if (words.includes(text)) return true;
  const letters = lettersIn(text);
  const left = words
    .map(lettersIn)
    .filter((word) => word.length > FEW)
    .reduce((rest, word) => rest.replaceAll(word, ''), letters);
  return left.length < letters.length && left.length <= FEW;
}
