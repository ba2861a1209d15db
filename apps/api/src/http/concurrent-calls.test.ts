import express, { type Response } from 'express';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { serve } from '../testing/serve.ts';
import { answerProblems } from './answer-problems.ts';
import { limitConcurrentCalls, MOST_UNDER_WAY } from './concurrent-calls.ts';
import { uncounted } from './failures.ts';
import { trackRequest } from './current-request.ts';

test('a session with too many concurrent calls gets 429, and other callers are answered', async () => {
  const waiting: Response[] = [];
  const inner = express.Router().use(limitConcurrentCalls({ publicUrl: 'http://127.0.0.1' }), (_req, res) => {
    waiting.push(res);
  });
  const app = express()
    .use(trackRequest({ prefix: '', isProxy: () => false }))
    .use(answerProblems(inner, { logger: pino({ level: 'silent' }), failures: uncounted }));
  await using server = await serve(app);
  const call = async (headers: Record<string, string>) => (await server.fetch('/', { headers })).status;
  const answerAll = () => waiting.splice(0).forEach((res) => res.end());

  const session = { authorization: 'Bearer gts_one' };
  const calls = Array.from({ length: MOST_UNDER_WAY.session + 10 }, () => call(session));
  await expect.poll(() => waiting.length).toBe(MOST_UNDER_WAY.session);
  const others = [call({ authorization: 'Bearer gts_two' }), call({ cookie: 'gatehouse_session=gts_three' }), call({})];
  await expect.poll(() => waiting.length).toBe(MOST_UNDER_WAY.session + others.length);
  expect(await call({ cookie: 'gatehouse_session=gts_one' })).toBe(429);
  expect(await call({ cookie: 'gatehouse_console=gto_invented; gatehouse_session=gts_one' })).toBe(429);
  answerAll();
  const statuses = await Promise.all(calls);
  expect(statuses.filter((status) => status === 200)).toHaveLength(MOST_UNDER_WAY.session);
  expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  expect(await Promise.all(others)).toEqual([200, 200, 200]);

  const later = call(session);
  await expect.poll(() => waiting.length).toBe(1);
  answerAll();
  expect(await later).toBe(200);
});
