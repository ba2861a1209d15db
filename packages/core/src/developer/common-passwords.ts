import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ZxcvbnFactory, type ZxcvbnResult } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as leaked } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';

const PASSWORDS = leaked['passwords-common'];

/** The guesses that an online attack can make, with and without rate limits, as zxcvbn estimates them. */
const GUESSES = { limited: 1e6, unlimited: 1e8 };

/** Hashes of leaked passwords of 15 characters and more. The header of the file describes them. */
const longPasswords = new Set(
  readFileSync(new URL('./leaked-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')),
);

const shortPasswords = new Set(PASSWORDS);

/** Created on first use, because it takes a tenth of a second and most processes never need it. */
let zxcvbn: ZxcvbnFactory | undefined;

function analyse(password: string): ZxcvbnResult {
  zxcvbn ??= new ZxcvbnFactory({
    dictionary: { passwords: PASSWORDS, words: english['commonWords-en'] },
    graphs: adjacencyGraphs,
    // These limits keep an analysis of hostile input below about 50 ms. An ordinary password takes 5 ms.
    l33tMaxSubstitutions: 8,
    maxLength: 64,
  });
  return zxcvbn.check(password);
}

/**
 * Whether attackers try this password first: a leaked password; a sequence of letters, digits or keys; or one common word
 * or password, even repeated or combined with digits and signs (OWASP ASVS 5.0, 6.2.4 and 6.2.11). `password` is in NFKC
 * and lower case.
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

/** The distinct common words of a password that otherwise has only patterns, digits and signs. Null for other passwords. */
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

/** Random digits are not a pattern, although zxcvbn may find dates in them. */
const isPattern = (sequence: ZxcvbnResult['sequence']): boolean =>
  sequence.every(({ pattern }) => pattern !== 'bruteforce' && pattern !== 'date');
