import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { DeveloperRef } from './developer.ts';
import { ApplicationId, DeveloperId, PortalId, type CredentialId, type DeveloperUid } from './ids.ts';

const findDeveloper = (uid: DeveloperUid): string => uid;
const findCredential = (id: CredentialId): string => id;
const findPortal = (id: PortalId): string => id;

test('callers pass plain strings, and parsed inputs hold branded ids', () => {
  expectTypeOf<z.input<typeof DeveloperRef>>().toEqualTypeOf<{ portal_id: string; developer_id: string }>();
  expectTypeOf<z.output<typeof DeveloperRef>>().toEqualTypeOf<{ portal_id: PortalId; developer_id: DeveloperId }>();
  expect(DeveloperRef.parse({ portal_id: 'A-PORTAL', developer_id: 'Ada' })).toEqual({
    portal_id: 'a-portal',
    developer_id: 'Ada',
  });
});

test('a wrong id does not compile', () => {
  const [portal, developer] = [PortalId.parse('p'), DeveloperId.parse('d')];
  expect(findPortal(portal)).toBe('p');
  // @ts-expect-error: the id on the wire is not the internal one.
  findDeveloper(developer);
  // @ts-expect-error: a developer is not a portal.
  findPortal(developer);
  // @ts-expect-error: an application is not a credential.
  findCredential(ApplicationId.parse('a'));
  // @ts-expect-error: text is not an id until the schema of an input has read it.
  findPortal('p');
});
