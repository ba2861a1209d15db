import { expect, test } from 'vitest';
import { misplacedUseCases } from './use-case-places.ts';

const named = (name: string): string => `export const x = command({\n  name: '${name}',`;

test.each([
  ['developer/suspend-developer.ts', 'developers.suspend'],
  ['developer/list-developers.ts', 'developers.list'],
  ['developer/renew-invite.ts', 'developers.renewInvite'],
  ['credential/list-credentials-of-application.ts', 'credentials.listOfApplication'],
  ['api-product/get-visible-api-product.ts', 'apiProducts.getVisible'],
  ['auth/login.ts', 'auth.login'],
  ['system-settings/public-access.ts', 'systemSettings.publicAccess'],
])('%s can contain %s', (file, name) => {
  expect(misplacedUseCases(`packages/core/src/${file}`, named(name))).toEqual([]);
});

test.each([
  ['deletion/delete-developer.ts', 'developers.delete'],
  ['developer/suspension.ts', 'developers.suspend'],
  ['session/login.ts', 'auth.login'],
])('%s cannot contain %s', (file, name) => {
  expect(misplacedUseCases(`packages/core/src/${file}`, named(name))).toHaveLength(1);
});
