import { Approval } from '@gatehouse/db/entities/approval.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { coreTest } from '../testing/core-test.ts';

const test = coreTest();
const now = new Date('2026-01-01T00:00:00Z');
const verdict = { by: { id: 'a', name: 'a' }, reason: null, metadata: null, now };

const outcome = (run: () => boolean | void): string => {
  try {
    return String(run() ?? true);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'other';
  }
};

it('the first decision about an approval is final', () => {
  const em = test.orm().em.fork();
  fc.assert(
    fc.property(fc.array(fc.constantFrom('accepted' as const, 'rejected' as const), { minLength: 1 }), (decisions) => {
      const approval = new Approval();
      em.assign(approval, { status: 'pending', result: null });
      const [first] = decisions;
      decisions.forEach((decision, n) => {
        const expected = n === 0 ? 'true' : decision === first ? 'false' : 'approval_already_finished';
        expect(outcome(() => approval.decide(decision, verdict))).toBe(expected);
        expect(approval).toMatchObject({ status: 'finished', result: first });
      });
    }),
  );
});

it('a developer leaves Pending only by acceptance, and then is Active or Suspended', () => {
  const moves = {
    accept: {
      Pending: ['Active', 'true'],
      Active: ['Active', 'illegal_state'],
      Suspended: ['Suspended', 'illegal_state'],
    },
    suspend: {
      Pending: ['Pending', 'illegal_state'],
      Active: ['Suspended', 'true'],
      Suspended: ['Suspended', 'false'],
    },
    reactivate: { Pending: ['Pending', 'illegal_state'], Active: ['Active', 'false'], Suspended: ['Active', 'true'] },
  } as const;
  fc.assert(
    fc.property(fc.array(fc.constantFrom('accept' as const, 'suspend' as const, 'reactivate' as const)), (walk) => {
      const developer = new Developer();
      developer.state = 'Pending';
      for (const move of walk) {
        const [state, said] = moves[move][developer.state];
        expect(outcome(() => developer[move](now))).toBe(said);
        expect(developer.state).toBe(state);
      }
    }),
  );
});
