import express from 'express';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiTest, type ApiTest } from '../testing/api-test.ts';
import { newPortal, PUBLIC_URL, signedIn, type Visitor } from '../testing/page-visitor.ts';
import { serve } from '../testing/serve.ts';
import { handedOver, handOver } from './secret-cookie.ts';

let gatehouse: ApiTest;
let ada: Visitor;
let path: string;
beforeAll(async () => {
  gatehouse = await apiTest({ env: { PUBLIC_URL, RATE_LIMITS: 'off' } });
  await newPortal(gatehouse, 'open', { registration_auto_approval: true });
  ada = await signedIn(gatehouse, 'open', 'ada');
  const { location } = await ada.post('/applications', { action: 'create', name: 'Shop' });
  path = (location ?? '').replace('/portals/open', '').split('?')[0] ?? '';
});
afterAll(() => gatehouse[Symbol.asyncDispose]());

const KEY = /gtk_[\w]{20,}/;

test('a new key is shown once, by the first successful load', async () => {
  await ada.post(path, { action: 'create_key', name: 'Till' });
  const client = new pg.Client({ connectionString: gatehouse.databaseUrl });
  await client.connect();
  await client.query('alter table application rename to mislaid');
  const failed = await ada.get(`${path}/new_secret`);
  await client.query('alter table mislaid rename to application');
  await client.end();
  expect([failed.status, failed.text]).toEqual([500, expect.not.stringMatching(KEY)]);
  expect((await ada.get(`${path}/new_secret`)).text).toMatch(KEY);
  expect((await ada.get(`${path}/new_secret`)).text).not.toMatch(KEY);
});

test('a copy of its cookie works for a minute, and only on its own page', async () => {
  const settings = { secret: 'secret-'.repeat(6), previousSecret: null, publicUrl: PUBLIC_URL, smtpEnabled: false };
  const place = { settings, page: 'ada /here', now: new Date() };
  const secret = { name: 'Till', secret: 'gtk_x' };
  await using server = await serve(
    express().use((_req, res) => {
      handOver(res, place, secret);
      res.end();
    }),
  );
  const [cookie] = (await server.fetch('/')).headers.getSetCookie();
  const openAt = (changes: object) => handedOver({ headers: { cookie } }, { ...place, ...changes });
  expect(openAt({ now: new Date(place.now.getTime() + 59_000) })).toEqual(secret);
  expect(openAt({ now: new Date(place.now.getTime() + 60_000) })).toBeNull();
  expect(openAt({ page: 'ada /elsewhere' })).toBeNull();
});
