import { allows, OPERATOR_ROLES, ROLE_SCOPES } from '@gatehouse/contract/scopes';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, operatorSession } from './api.ts';
import { everyCall, isPortalSide, pathOf } from './every-call.ts';
import { startSystem, type System } from './system.ts';

const UNKNOWN = '0190f3a0-0000-7000-8000-000000000000';

let system: System;
beforeAll(async () => {
  system = await startSystem({ workerRuns: false, env: { RATE_LIMITS: 'off' } });
});
afterAll(() => system?.[Symbol.asyncDispose]());

/** Ids without records, for the parameters of all paths. */
const IDS = Object.fromEntries(
  'portal_id developer_id approval_id deletion_id login_option_id api_product_id application_id credential_id subscription_id token_id email_id operator_id session_id'
    .split(' ')
    .map((name) => [name, UNKNOWN]),
);

it.each(OPERATOR_ROLES)('a %s makes the calls of its scopes, and no others', async (role) => {
  const headers = await operatorSession(system, role);
  const differing: string[] = [];
  for (const { method, path, isPublic, isPersonal, scope, body } of await everyCall(system)) {
    if (isPublic || (scope === null && !isPersonal)) continue;
    const query = isPortalSide(path) ? `?portal_id=${UNKNOWN}` : '';
    // Access is checked before the body, which is refused.
    const request = { token: null, headers, ...(body ? { body: '{' } : {}) };
    const { status } = await call(system, `${method} ${pathOf(path, IDS)}${query}`, request);
    const mayCall = scope !== null && allows(ROLE_SCOPES[role], scope);
    if (mayCall ? status === 401 || status === 403 : status !== 403) differing.push(`${method} ${path} ${status}`);
  }
  expect(differing).toEqual([]);
});
