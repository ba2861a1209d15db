import { expect, test } from 'vitest';
import { subjectOf } from './ldap.entry.ts';

const UUID = '2CA5CEA4-8F5A-4A64-9f1d-0fe4bdc8e5a3';

test('people are known by a UUID, whose case says nothing', () => {
  expect(subjectOf({ dn: '', ENTRYUUID: UUID })).toBe(UUID.toLowerCase());
  expect(subjectOf({ dn: '', objectGUID: Buffer.alloc(16, 1) })).toBe('01'.repeat(16));
});

test.each(['', 'alice', `${UUID}\u00A0`, ` ${UUID}`, `${UUID}\n`, UUID.replace('C', 'Ｃ'), Buffer.alloc(16)])(
  'nobody is known by %j as a UUID',
  (entryUUID) => {
    const subject = () => subjectOf({ dn: '', entryUUID });
    expect(subject).toThrow(expect.objectContaining({ reason: 'misconfigured' }));
  },
);
