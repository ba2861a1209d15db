import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ZxcvbnFactory, type ZxcvbnResult } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as leaked } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';

const PASSWORDS = leaked['passwords-common'];

/** Guesses below which a password falls online, to a login that limits attempts and to one that does not (zxcvbn). */
const GUESSES = { limited: 1e6, unlimited: 1e8 };

/** The leaked passwords of 15 characters and more, as the header of the file describes. */
const longPasswords = new Set(
  readFileSync(new URL('./leaked-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')),
);

const shortPasswords = new Set(PASSWORDS);

/** Building it takes a tenth of a second, which a process that never sets a password need not spend. */
let zxcvbn: ZxcvbnFactory | undefined;

function analyse(password: string): ZxcvbnResult {
  zxcvbn ??= new ZxcvbnFactory({
    dictionary: { passwords: PASSWORDS, words: english['commonWords-en'] },
    graphs: adjacencyGraphs,
    // These two bound one analysis to about 50 ms for hostile input; an ordinary password takes 5 ms.
    l33tMaxSubstitutions: 8,
    maxLength: 64,
  });
  return zxcvbn.check(password);
}

/**
 * True for a password that attackers try first: a leaked one, a sequence of the alphabet, of digits or of a keyboard, or
 * one common word or password however often repeated and whatever digits and signs go with it (OWASP ASVS 5.0, 6.2.4 and
 * 6.2.11). `password` is folded: NFKC, lower case.
 */
export function isCommonPassword(password: string): boolean {
  if (shortPasswords.has(password) || longPasswords.has(fingerprint(password))) return true;
  const { guesses, sequence } = analyse(password);
  if (guesses < GUESSES.limited) return true;
  const words = commonWords(sequence);
  return (
    words !== null && (words.size === 1 || guesses < GUESSES.unlimited || (words.size === 0 && isPattern(sequence)))
  );
}

const fingerprint = (password: string): string =>
  createHash('sha256').update(password).digest().subarray(0, 6).toString('base64url');

/** The distinct common words of a password whose other characters are patterns, digits and signs; null for any other. */
function commonWords(sequence: ZxcvbnResult['sequence']): Set<string> | null {
  const words = new Set<string>();
  for (const { pattern, token, matchedWord, baseToken } of sequence) {
    if (!/\p{L}/u.test(token)) continue;
    if (pattern === 'bruteforce') return null;
    if (pattern === 'dictionary') words.add(String(matchedWord));
    const repeated = pattern === 'repeat' ? commonWords(analyse(String(baseToken)).sequence) : new Set<string>();
    if (repeated === null) return null;
    for (const word of repeated) words.add(word);
  }
  return words;
}

/** Random digits are no pattern, and neither are the dates that zxcvbn sees in them. */
const isPattern = (sequence: ZxcvbnResult['sequence']): boolean =>
  sequence.every(({ pattern }) => pattern !== 'bruteforce' && pattern !== 'date');
