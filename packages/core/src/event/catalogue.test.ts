import { PortalId } from '@gatehouse/contract/ids';
import { EVENT_NAMES, type EventName } from '@gatehouse/contract/events';
import { expect, test } from 'vitest';
import { EVENTS, jobsOf } from './catalogue.ts';
import { revocationTarget, revokes } from './revocation.ts';

const where = (holds: (name: EventName) => boolean): EventName[] => EVENT_NAMES.filter(holds);

test('the name of each event starts with its resource', () => {
  const others = where((name) => EVENTS[name].resource !== name.split('.')[0]);
  expect(others.map((name) => [name, EVENTS[name].resource])).toEqual([
    ['developer.password_forgotten', ['developer', 'portal']],
    ['registration.repeated', 'developer'],
  ]);
});

test('the revoking events are known', () => {
  expect(where((name) => revokes(name, []))).toEqual([
    'portal.deleted',
    'developer.suspended',
    'developer.invite_renewed',
    'developer.email_change_undone',
    'developer.password_changed',
    'developer.deleted',
    'token.regenerated',
    'token.deleted',
    'api_product.deleted',
    'application.deleted',
    'credential.regenerated',
    'credential.deleted',
    'subscription.deleted',
    'session.deleted',
    'login_option.deleted',
    'operator.disabled',
    'operator.deleted',
    'operator.sessions_ended',
    'operator.password_changed',
    'operator_session.deleted',
  ]);
  const conditional = where((name) => Array.isArray(EVENTS[name].revokes));
  expect(conditional.map((name) => [name, EVENTS[name].revokes])).toEqual([
    ['portal.updated', ['public_url']],
    ['api_product.updated', ['auth']],
    ['credential.updated', ['expires_at']],
    ['login_option.updated', ['disable']],
    ['operator.updated', ['role', 'portal_ids']],
  ]);
});

test('a change of other fields revokes nothing', () => {
  expect(revokes('credential.updated', ['name'])).toBe(false);
  expect(revokes('credential.updated', ['name', 'expires_at'])).toBe(true);
  expect(revokes('developer.updated', ['email'])).toBe(false);
});

test('the target of a revocation is unique in the installation', () => {
  expect(revocationTarget({ type: 'developer', id: 'ada', portalId: PortalId.parse('a') })).toBe('a/ada');
  expect(revocationTarget({ type: 'credential', id: 'key', portalId: PortalId.parse('a') })).toBe('key');
});

test('the events that only the audit log contains are known', () => {
  expect(where((name) => !EVENTS[name].public)).toEqual([
    'developer.password_changed',
    'developer.password_forgotten',
    'developer.verification_mailed',
    'registration.repeated',
    'token.created',
    'token.regenerated',
    'token.deleted',
    'email.resent',
    'session.created',
    'session.deleted',
    ...EVENT_NAMES.filter((name) => name.startsWith('operator')),
  ]);
});

test('the events that add jobs are known', () => {
  const working = where((name) => jobsOf(name).length > 0);
  expect(working.map((name) => [name, jobsOf(name)])).toEqual([
    ['deletion.requested', ['erase-developer']],
    ['email.resent', ['deliver-email']],
  ]);
});
