import { fieldError } from '@gatehouse/contract/errors';
import type { Portal } from '@gatehouse/db/entities/portal.entity';
import { isCommonPassword } from './common-passwords.ts';

/** Characters, as in the schema. A shorter unit that is only repeated is too easy to guess. */
const SHORTEST = 8;
/** Letters that may surround a name without making the password a different one. */
const FEW = 2;

/** NIST SP 800-63B-4 3.1.1.2: a minimum length and a block list, the portal's name among it; no composition rules. */
export function assertGoodPassword(
  password: string,
  { portal, names, field = 'password' }: { portal: Portal; names: (string | undefined)[]; field?: string },
): void {
  const minimum = portal.settings.password_min_length;
  if ([...password.normalize('NFC')].length < minimum) {
    throw fieldError('invalid_input', field, `Must have at least ${minimum} characters`);
  }
  assertUncommon(password, { field, names: [portal.name, portal.slug, ...names] });
}

/**
 * Refuses what is guessed first: common passwords, the words of the context ("the name of the service, the username, and
 * derivatives thereof", NIST SP 800-63B-4) and a few characters that are repeated. The whole password is compared: a long
 * one may contain such a word.
 */
export function assertUncommon(
  password: string,
  { field, names }: { field: string; names: (string | undefined)[] },
): void {
  const folded = password.normalize('NFKC').toLowerCase();
  const isExpected = [...new Set([folded, plain(folded)])].some(isGuessedFirst);
  if (isExpected || isMadeOf(repeatedIn(folded), wordsIn(['gatehouse', ...names]))) {
    throw fieldError('password_too_common', field, 'The password is too easy to guess. Choose another one.');
  }
}

function isGuessedFirst(text: string): boolean {
  const unit = repeatedIn(text);
  return isCommonPassword(unit) || (unit !== text && (unit.length < SHORTEST || isCommonPassword(text)));
}

/** The keys of a Russian keyboard and what a Latin one has in their place: guessers type words of one on the other. */
const RUSSIAN_KEYS = 'йцукенгшщзхъфывапролджэячсмитьбюё';
const LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";

const SEPARATORS = /[\s\p{Pd}\p{Pc}.,:;/\\|+*]+/u;

/** The same without accents, on Latin keys, and without what stands between single characters or numbers: `p-a-s-s`. */
function plain(text: string): string {
  const pieces = text.split(SEPARATORS);
  const isSpelledOut = pieces.every((piece) => piece.length <= FEW || /^\d+$/.test(piece));
  return [...(isSpelledOut ? pieces.join('') : text)]
    .map((character) => LATIN_KEYS[RUSSIAN_KEYS.indexOf(character)] ?? character)
    .join('')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '');
}

/** The shortest unit that the text repeats, the last time perhaps in part; else the whole text. */
function repeatedIn(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}

const lettersIn = (text: string): string => text.replaceAll(/\P{L}/gu, '');

/** The longest first. An address also counts as its part before the @. */
const wordsIn = (names: (string | undefined)[]): string[] =>
  names
    .flatMap((name) => (name === undefined ? [] : [name, name.replace(/@.*/, '')]))
    .map((name) => name.normalize('NFKC').toLowerCase())
    .toSorted((a, b) => b.length - a.length);

/** True where the text holds only these words, digits, signs and a letter or two. */
function isMadeOf(text: string, words: string[]): boolean {
  if (words.includes(text)) return true;
  const letters = lettersIn(text);
  const left = words
    .map(lettersIn)
    .filter((word) => word.length > FEW)
    .reduce((rest, word) => rest.replaceAll(word, ''), letters);
  return left.length < letters.length && left.length <= FEW;
}
