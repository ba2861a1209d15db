import { describe, expect, it } from 'vitest';
import { anonymous, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';
import { register } from './register.ts';

const test = coreTest();

describe('a repeated registration', () => {
  it.each([{}, { registration_auto_approval: true }])(
    'gets the same answer as the first, and creates nothing: %j',
    async (settings) => {
      const portal_id = await test.portal(settings);
      const made = () =>
        test.rows(
          `select (select count(*) from developer d where d.portal_id = p.id)::int as accounts,
          (select count(*) from email e where e.portal_id = p.id)::int as mails,
          (select count(*) from event e where e.portal_id = p.id and e.resource_type = 'developer')::int as events
        from portal p where p.id = ?`,
          [portal_id],
        );
      const send = (username: string, email: string) =>
        codeOf(register.execute(test.as(anonymous), { portal_id, username, email, password: PASSWORD }));
      expect(await Promise.all(Array.from({ length: 4 }, () => send('ada', 'ada@example.org')))).toEqual(
        Array(4).fill('none'),
      );
      const once = await made();
      expect(once).toMatchObject([{ accounts: 1, events: 1 }]);
      expect(await send('ADA', 'Ada@Example.org')).toBe('none');
      expect(await made()).toEqual(once);
      await test.rows(`update developer set state = 'Suspended' where portal_id = ? returning 1`, [portal_id]);
      expect(await send('ada', 'ada@example.org')).toBe('username_taken');
    },
  );
});
