import { expect, test } from 'vitest';
import { openSessions, SESSION_AGE } from './session.ts';

test('keeps the token of a session for an hour', () => {
  let now = 0;
  const sessions = openSessions(() => new Date(now));
  const id = sessions.open('token');
  expect(sessions.tokenOf(id)).toBe('token');
  expect(sessions.tokenOf('another')).toBe(null);
  const ended = sessions.open('token');
  sessions.close(ended);
  expect(sessions.tokenOf(ended)).toBe(null);
  now = SESSION_AGE * 1000;
  expect(sessions.tokenOf(id)).toBe(null);
});

test('drops the oldest session at the limit', () => {
  const sessions = openSessions(() => new Date(0));
  const first = sessions.open('first');
  const others = Array.from({ length: 1000 }, (_, index) => sessions.open(String(index)));
  expect(sessions.tokenOf(first)).toBe(null);
  expect(others.every((id) => sessions.tokenOf(id) !== null)).toBe(true);
});
