import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Revocations } from './revocations.ts';

type Step = { kind: 'look'; targets: string[] } | { kind: 'revoke'; targets: string[] } | { kind: 'revokeAll' };

const targets = fc.subarray(['a', 'b', 'c', 'd']);
const step: fc.Arbitrary<Step> = fc.oneof(
  targets.map((of): Step => ({ kind: 'look', targets: of })),
  targets.map((of): Step => ({ kind: 'revoke', targets: of })),
  fc.constant<Step>({ kind: 'revokeAll' }),
);

it('a decision is valid until one of its targets is revoked after the start of its look-up', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const revocations = new Revocations();
      const answers: { stamp: number; targets: string[]; holds: boolean }[] = [];
      for (const { kind, ...rest } of steps) {
        const of = 'targets' in rest ? rest.targets : [];
        if (kind === 'look') answers.push({ stamp: revocations.stamp, targets: of, holds: true });
        if (kind === 'revoke') revocations.revoke(of);
        if (kind === 'revokeAll') revocations.revokeAll();
        for (const answer of answers)
          if (kind === 'revokeAll' || (kind === 'revoke' && answer.targets.some((target) => of.includes(target))))
            answer.holds = false;
        expect(answers.map((answer) => revocations.holds(answer.stamp, answer.targets))).toEqual(
          answers.map(({ holds }) => holds),
        );
      }
    }),
  );
});

it('ends the oldest decisions instead of growing beyond its limit', () => {
  const revocations = new Revocations();
  const oldest = revocations.stamp;
  for (let n = 0; n < 5000; n += 1) revocations.revoke([String(n)]);
  const later = revocations.stamp;
  for (let n = 5000; n < 10_001; n += 1) revocations.revoke([String(n)]);
  expect(revocations.holds(oldest, ['untouched'])).toBe(false);
  expect(revocations.holds(later, ['untouched'])).toBe(true);
  expect(revocations.holds(later, ['5000'])).toBe(false);
});
