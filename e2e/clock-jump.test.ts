import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { call, createSubscription, newPortal, PASSWORD, until } from './api.ts';
import { findFaketime, shiftableClock, type ShiftableClock } from './faketime.ts';
import { newKeyHolder } from './key-holder.ts';
import { type SmtpSink, startSmtpSink } from '@gatehouse/testing/smtp-sink';
import { startSystem, type System } from './system.ts';

const DAY = 86_400_000;
const library = findFaketime();
const required = process.env['TEST_LONG'] === 'required';

/** A normal run tests one direction on one queue, a long run all of them. */
const isTried = required || (library !== undefined && inject('queue') === 'postgres');

describe.runIf(isTried)('a process whose clock jumps by a day', () => {
  let clock: ShiftableClock;
  let sink: SmtpSink;
  let system: System;
  let portal: string;
  beforeAll(async () => {
    if (library === undefined) throw new Error('TEST_LONG=required, but libfaketime is not installed.');
    clock = shiftableClock(library);
    sink = await startSmtpSink();
    system = await startSystem({ smtpUrl: sink.url, env: { RATE_LIMITS: 'off', ...clock.env } });
    portal = await newPortal(system);
  });
  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await sink?.[Symbol.asyncDispose]();
    clock?.[Symbol.dispose]();
  });

  /** Does the work while the clock is wrong, and corrects the clock afterwards. */
  async function during<T>(offset: string, work: () => Promise<T>): Promise<T> {
    clock.shift(offset);
    try {
      return await work();
    } finally {
      clock.shift('+0');
    }
  }

  const invite = async (username: string): Promise<string> =>
    String(
      (
        await call(system, `POST /api/portals/${portal}/developers/invites`, {
          body: { username, password: PASSWORD, email: `${username}@example.org` },
        })
      ).body['developer_id'],
    );

  const isSent = (username: string) =>
    until(`the mail to ${username}`, () => Promise.resolve(sink.to(`${username}@example.org`)[0] ?? null), 60);

  /** The columns in the database with a time more than 20 hours from now. */
  async function farTimes(): Promise<string[]> {
    const columns = await system.sql<{ table: string; column: string }>(
      `select table_name as table, column_name as column from information_schema.columns
       where table_schema = 'public' and data_type = 'timestamp with time zone' and table_name not like 'mikro_orm%'`,
    );
    const far: string[] = [];
    for (const { table, column } of columns) {
      const rows = await system.sql(
        `select 1 from "${table}" where "${column}" not between now() - interval '20 hours' and now() + interval '20 hours' limit 1`,
      );
      if (rows.length > 0) far.push(`${table}.${column}`);
    }
    return far;
  }

  for (const offset of required ? ['+1d', '-1d'] : ['+1d']) {
    const name = offset === '+1d' ? 'ahead' : 'behind';

    it(`${name} neither delays mails and deletions nor sends a mail twice`, async () => {
      sink.treat(`${name}-again@example.org`, { code: 451, text: 'try again later' });
      const leaver = await during(offset, async () => {
        await invite(`${name}-once`);
        await invite(`${name}-again`);
        const attempted = () => (sink.attempts.includes(`${name}-again@example.org`) ? true : null);
        await until('the first attempt', () => Promise.resolve(attempted()));
        const wrongDay = new Date(Date.now() + (offset === '+1d' ? DAY : -DAY)).toISOString().slice(0, 10);
        for (const { output } of [system.api, system.worker])
          await until('a line on the wrong day', () =>
            Promise.resolve(output().includes(`"time":"${wrongDay}`) || null),
          );
        const developer = await invite(`${name}-leaver`);
        return String((await call(system, `DELETE /api/portals/${portal}/developers/${developer}`)).body['id']);
      });
      sink.treat(`${name}-again@example.org`, 'take');
      await isSent(`${name}-again`);
      await isSent(`${name}-once`);
      const status = async () => (await call(system, `GET /api/deletions/${leaver}`)).body['status'];
      await until('the deletion', async () => ((await status()) === 'completed' ? true : null), 60);
      for (const username of ['once', 'again']) expect(sink.to(`${name}-${username}@example.org`)).toHaveLength(1);
      // An invitation is valid for three days.
      expect(await farTimes()).toEqual(['developer.one_time_password_expires_at']);
    }, 120_000);

    it(`${name} ends the overlap of a regenerated key on time`, async () => {
      const holder = await newKeyHolder(system, portal);
      const { body: product } = await call(system, `POST /api/portals/${portal}/api_products`, {
        body: {
          name: `orders ${name}`,
          auth: { 'key-auth': {} },
          status: 'published',
          subscription_auto_approval: true,
        },
      });
      await createSubscription(system, portal, {
        application_id: holder.applicationId,
        api_product_id: String(product['id']),
      });
      const verify = async () =>
        (
          await fetch(`${system.url}/gateway/verify/${String(product['id'])}`, {
            headers: { authorization: `Bearer ${holder.key}` },
          })
        ).status;
      expect(await verify()).toBe(200);
      const begun = performance.now();
      await during(offset, async () => {
        const path = `/api/applications/${holder.applicationId}/credentials/${holder.keyId}/regenerate`;
        const { status } = await call(system, `PUT ${path}?portal_id=${portal}`, {
          body: { type: 'key-auth', overlap_seconds: 4 },
        });
        expect(status).toBe(200);
        expect(await verify()).toBe(200);
      });
      if (performance.now() - begun < 3000) expect(await verify()).toBe(200);
      await until('the end of the overlap', async () => ((await verify()) === 401 ? true : null), 10);
      expect(performance.now() - begun).toBeGreaterThan(3500);
    });
  }
});
