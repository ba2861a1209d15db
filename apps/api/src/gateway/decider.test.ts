import { expect, test } from 'vitest';
import { nextStep } from './decider.ts';

test.each([
  ['pass', { isProved: false, isRevoked: false }, 'remember'],
  ['pass', { isProved: true, isRevoked: false }, 'remember'],
  ['pass', { isProved: false, isRevoked: true }, 'look again'],
  ['pass', { isProved: true, isRevoked: true }, 'look again'],
  ['refused', { isProved: true, isRevoked: false }, 'remember'],
  ['malformed', { isProved: false, isRevoked: false }, 'remember'],
  ['unknown', { isProved: false, isRevoked: false }, 'remember'],
  ['unknown', { isProved: true, isRevoked: false }, 'prove again'],
] as const)('after %s, %o: %s', (kind, facts, expected) => {
  expect(nextStep({ kind }, facts)).toBe(expected);
});
