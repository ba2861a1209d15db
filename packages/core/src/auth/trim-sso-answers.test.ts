import { expect, test } from 'vitest';
import { coreTest, worker } from '../testing/core-test.ts';
import { newProvider } from '../testing/provider.ts';
import { trimSsoAnswers } from './trim-sso-answers.ts';

const core = coreTest();
const NOW = new Date('2026-03-01T10:00:00Z');
const HOUR = 3_600_000;
const later = (milliseconds: number): Date => new Date(NOW.getTime() + milliseconds);
const left = async (option: string): Promise<number> =>
  (await core.rows('select 1 from sso_answer where login_option_id = ?', [option])).length;

test('a provider response is deleted once it has expired', async () => {
  const { come, ref } = await newProvider(core);
  await come({ once: 'first' }, { now: NOW });
  await come({ once: 'second' }, { now: later(1000) });
  await trimSsoAnswers(core.as(worker, later(HOUR - 1)));
  expect(await left(ref.login_option_id)).toBe(2);
  await trimSsoAnswers(core.as(worker, later(HOUR)));
  expect(await left(ref.login_option_id)).toBe(1);
});

test('one call deletes a limited number of provider responses', async () => {
  const { ref } = await newProvider(core);
  await core.rows(
    `insert into sso_answer (login_option_id, hash, expires_at)
     select ?, n::text, ? from generate_series(1, 2001) n returning 1`,
    [ref.login_option_id, NOW],
  );
  await trimSsoAnswers(core.as(worker, NOW));
  expect(await left(ref.login_option_id)).toBe(1);
  await trimSsoAnswers(core.as(worker, NOW));
  expect(await left(ref.login_option_id)).toBe(0);
});
