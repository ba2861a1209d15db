import { LOGIN_OPTION_CONFIGS } from '@gatehouse/contract/login-option-config';
import { expect, test } from 'vitest';
import { subjectOf } from './ldap.subject.ts';

const UUID = '2CA5CEA4-8F5A-4A64-9f1d-0fe4bdc8e5a3';
const NSUNIQUE = '66446001-1DD211B2-8B56E4A4-00000000';

const of = (entry: Record<string, string | string[] | Buffer>, attributes: { subject?: string } = {}) => {
  const server = { host: 'localhost', port: 636, use_ssl: true, base_dn: 'dc=x' };
  return subjectOf(LOGIN_OPTION_CONFIGS.ldap.parse({ ...server, attributes }), { dn: '', ...entry });
};

test('identifies people by an id, ignoring its case', () => {
  expect(of({ ENTRYUUID: UUID }).subject).toBe(UUID.toLowerCase());
  expect(of({ objectGUID: Buffer.alloc(16, 1) }).subject).toBe('01'.repeat(16));
  expect(of({ ipauniqueid: UUID }).subject).toBe(UUID.toLowerCase());
  expect(of({ nsUniqueId: NSUNIQUE }).subject).toBe(NSUNIQUE.toLowerCase());
  expect(of({ GUID: Buffer.alloc(16, 255) }).subject).toBe('ff'.repeat(16));
});

test('prefers ids in a fixed order, and returns the others as aliases', () => {
  const ids = { GUID: Buffer.alloc(16, 2), nsUniqueId: NSUNIQUE, entryUUID: UUID };
  const aliases = [NSUNIQUE.toLowerCase(), '02'.repeat(16)];
  expect(of(ids)).toEqual({ attribute: 'entryUUID', subject: UUID.toLowerCase(), aliases });
  expect(of(Object.fromEntries(Object.entries(ids).toReversed()))).toEqual(of(ids));
  expect(of(ids, { subject: 'nsuniqueid' })).toEqual({
    attribute: 'nsUniqueId',
    subject: NSUNIQUE.toLowerCase(),
    aliases: [UUID.toLowerCase(), '02'.repeat(16)],
  });
});

test('keeps values of the configured attribute apart from other ids', () => {
  const subject = 'employeeNumber';
  expect(of({ employeeNumber: UUID }, { subject }).subject).toBe(`employeenumber:${UUID}`);
  expect(of({ employeeNumber: Buffer.from('007') }, { subject }).subject).toBe('employeenumber:007');
  const id = Buffer.from('80ff', 'hex');
  expect(of({ employeeNumber: id }, { subject }).subject).toBe('employeenumber;binary:80ff');
});

test.each([
  { employeeNumber: '' },
  { employeeNumber: ['1', '2'] },
  { employeeNumber: '\uFFFD\uFFFD' },
  { employeeNumber: 'x'.repeat(1001) },
  { entryUUID: UUID },
])('rejects an entry without exactly one usable value of the configured attribute: %j', (entry) => {
  const subject = () => of(entry, { subject: 'employeeNumber' });
  expect(subject).toThrow(expect.objectContaining({ reason: 'misconfigured' }));
});

test.each(['', 'alice', `${UUID}\u00A0`, ` ${UUID}`, `${UUID}\n`, UUID.replace('C', 'Ｃ'), [UUID, UUID]])(
  'does not accept %j as a UUID',
  (value) => {
    for (const attribute of ['entryUUID', 'ipaUniqueID', 'nsUniqueId', 'GUID', 'objectGUID'])
      expect(() => of({ [attribute]: value })).toThrow(expect.objectContaining({ reason: 'misconfigured' }));
  },
);
