import { DriverException } from '@mikro-orm/core';
import { DatabaseUnavailable, PoolBusy } from '@gatehouse/postgres/errors';
import { describe, expect, test } from 'vitest';
import { translated } from './database-errors.ts';

/** As the ORM throws it: of the driver's error it keeps the properties and not the class. */
const thrown = (error: Error): DriverException => new DriverException(error);
const withCode = (code: string): Error => Object.assign(new Error('as the server says it'), { code });
const translation = (error: Error) => translated(() => Promise.reject(error));

describe('503 dependency_down', () => {
  test.each([
    ['08006', 'the connection failed'],
    ['08P01', 'a pooler refuses'],
    ['25006', 'the database only reads'],
    ['25P03', 'idle in a transaction for too long'],
    ['28P01', 'the password is not accepted'],
    ['3D000', 'there is no such database now'],
    ['53100', 'the disk is full'],
    ['53200', 'out of memory'],
    ['53300', 'too many connections'],
    ['53400', 'a limit of the configuration is exceeded'],
    ['55P03', 'a lock is not available'],
    ['57014', 'the statement was cancelled'],
    ['57P01', 'the server shuts down'],
    ['57P03', 'the server starts up'],
    ['58030', 'an error of input or output'],
    ['ECONNREFUSED', 'nothing listens'],
  ])('%s: %s', async (code) => {
    for (const error of [withCode(code), thrown(withCode(code)), new Error('wrapped', { cause: withCode(code) })])
      await expect(translation(error)).rejects.toMatchObject({ code: 'dependency_down', retryAfterSeconds: 2 });
  });

  test('a connection that could not be made, or was cut', async () => {
    const refused = new DatabaseUnavailable('The database is unreachable.', { cause: new Error('whatever it was') });
    for (const error of [refused, thrown(refused), new Error('Connection terminated unexpectedly')])
      await expect(translation(error)).rejects.toMatchObject({ code: 'dependency_down' });
  });
});

test('503 overloaded: a pool without a free connection, and a transaction that lost every race', async () => {
  for (const error of [new PoolBusy('All connections are busy.'), thrown(withCode('40001')), thrown(withCode('40P01'))])
    await expect(translation(error)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
});

test.each(['22P02', '23514', '42P01', '42703', 'XX000', 'ERR_SOMETHING'])('%s stays what it is', async (code) => {
  const error = withCode(code);
  await expect(translation(error)).rejects.toBe(error);
});
