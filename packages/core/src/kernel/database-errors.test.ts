import { DriverException } from '@mikro-orm/core';
import { DatabaseUnavailable, PoolBusy } from '@gatehouse/postgres/errors';
import { describe, expect, test } from 'vitest';
import { translated } from './database-errors.ts';

/** The error as the ORM throws it, with the properties but without the class of the driver's error. */
const thrown = (error: Error): DriverException => new DriverException(error);
const withCode = (code: string): Error => Object.assign(new Error('message of the server'), { code });
const translation = (error: Error) => translated(() => Promise.reject(error));

describe('503 dependency_down', () => {
  test.each([
    ['08006', 'the connection failed'],
    ['08P01', 'a pooler rejects the connection'],
    ['25006', 'the database is read-only'],
    ['25P03', 'the transaction was idle for too long'],
    ['28P01', 'the password is wrong'],
    ['3D000', 'the database does not exist'],
    ['53100', 'the disk is full'],
    ['53200', 'the memory is exhausted'],
    ['53300', 'too many connections are open'],
    ['53400', 'a limit of the configuration is exceeded'],
    ['55P03', 'a lock is not available'],
    ['57014', 'the statement was cancelled'],
    ['57P01', 'the server shuts down'],
    ['57P03', 'the server starts up'],
    ['58030', 'an I/O error occurred'],
    ['ECONNREFUSED', 'no server is listening'],
  ])('%s: %s', async (code) => {
    for (const error of [withCode(code), thrown(withCode(code)), new Error('wrapped', { cause: withCode(code) })])
      await expect(translation(error)).rejects.toMatchObject({ code: 'dependency_down', retryAfterSeconds: 2 });
  });

  test('the connection failed or was lost', async () => {
    const refused = new DatabaseUnavailable('The database is unreachable.', { cause: new Error('any cause') });
    for (const error of [refused, thrown(refused), new Error('Connection terminated unexpectedly')])
      await expect(translation(error)).rejects.toMatchObject({ code: 'dependency_down' });
  });
});

test('503 overloaded: no connection is free, or a transaction failed in every retry', async () => {
  for (const error of [new PoolBusy('All connections are busy.'), thrown(withCode('40001')), thrown(withCode('40P01'))])
    await expect(translation(error)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
});

test.each(['22P02', '23514', '42P01', '42703', 'XX000', 'ERR_SOMETHING'])(
  'the error %s is not translated',
  async (code) => {
    const error = withCode(code);
    await expect(translation(error)).rejects.toBe(error);
  },
);
