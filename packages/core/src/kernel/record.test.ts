import { statement } from '@gatehouse/db/statement';
import { expect, it } from 'vitest';
import { admin, coreTest } from '../testing/core-test.ts';
import { record } from './record.ts';

const test = coreTest();

const fail = statement({ name: 'test.fail_with', text: 'select from test_fail(?)', params: ['text'] });

it.each(['40P01', '40001'])('repeats its transaction after %s', async (code) => {
  await test.rows(`create or replace function test_fail(code text) returns int language plpgsql as $$ begin
    raise exception using errcode = code; end $$`);
  let attempts = 0;
  const done = await record(test.as(admin()), async (em) => {
    attempts += 1;
    if (attempts < 3) await fail.run(em, [code]);
    return 'done';
  });
  expect([done, attempts]).toEqual(['done', 3]);
});
