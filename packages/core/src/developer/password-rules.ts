import { dictionary } from '@zxcvbn-ts/language-common';
import { fieldError } from '@gatehouse/contract/errors';
import type { Portal } from '@gatehouse/db/entities/portal.entity';

const common = new Set(dictionary['passwords-common']);

/** What is shorter, and repeated, is no password: that of the schema. */
const SHORTEST = 8;
/** Letters that make no word. */
const FEW = 2;

/** NIST SP 800-63B-4 3.1.1.2: a minimum length and a block list, the portal's name among it; no composition rules. */
export function assertGoodPassword(
  password: string,
  { portal, names, field = 'password' }: { portal: Portal; names: (string | undefined)[]; field?: string },
): void {
  const minimum = portal.settings.password_min_length;
  if ([...password].length < minimum) {
    throw fieldError('invalid_input', field, `Must have at least ${minimum} characters`);
  }
  assertUncommon(password, { field, names: [portal.name, portal.slug, ...names] });
}

/**
 * The block list is the list of leaked passwords that zxcvbn keeps, the words of the context ("the name of the service, the
 * username, and derivatives thereof"), and a few signs that are repeated. The whole password is compared, as NIST wants it:
 * one that only contains such a word is good.
 */
export function assertUncommon(
  password: string,
  { field, names }: { field: string; names: (string | undefined)[] },
): void {
  const folded = password.normalize('NFKC').toLowerCase();
  const unit = repeatedIn(folded);
  const isExpected = common.has(folded) || common.has(unit) || (unit !== folded && unit.length < SHORTEST);
  if (isExpected || isMadeOf(unit, wordsIn(names))) {
    throw fieldError(
      'password_too_common',
      field,
      'The password is one of those that are guessed first. Choose another.',
    );
  }
}

/** Of which the text is a repetition, the last time perhaps in part; the whole text where it is none. */
function repeatedIn(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}

const lettersIn = (text: string): string => text.replaceAll(/\P{L}/gu, '');

/** The longest first; of an address also what stands before the @. */
const wordsIn = (names: (string | undefined)[]): string[] =>
  names
    .flatMap((name) => (name === undefined ? [] : [name, name.replace(/@.*/, '')]))
    .map((name) => name.normalize('NFKC').toLowerCase())
    .toSorted((a, b) => b.length - a.length);

/** Nothing but these words, digits and signs, and a letter or two. */
function isMadeOf(text: string, words: string[]): boolean {
  if (words.includes(text)) return true;
  const letters = lettersIn(text);
  const left = words
    .map(lettersIn)
    .filter((word) => word.length > FEW)
    .reduce((rest, word) => rest.replaceAll(word, ''), letters);
  return left.length < letters.length && left.length <= FEW;
}
