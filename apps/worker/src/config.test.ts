import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const least = {
  DATABASE_URL: 'postgresql://gate:pw@%2Ftmp%2Fs:5432/gatehouse',
  GATEHOUSE_SECRET: 'x'.repeat(32),
  PUBLIC_URL: 'https://gatehouse.example/',
};

test('reads the required settings', () => {
  const { understood, ...config } = readConfig(least);
  expect(config).toEqual({
    databaseUrl: least.DATABASE_URL,
    directUrl: least.DATABASE_URL,
    poolSize: 10,
    redisUrl: null,
    redisPrefix: '{gatehouse}',
    smtpUrl: null,
    mailFrom: { name: 'Gatehouse', email: 'gatehouse@localhost' },
    dataDir: null,
    retention: { events: null, emails: null },
    secret: least.GATEHOUSE_SECRET,
    previousSecret: null,
    publicUrl: 'https://gatehouse.example',
    smtpEnabled: false,
    logLevel: 'info',
  });
  expect(understood).toMatchObject({ DATABASE_URL: 'set', PUBLIC_URL: 'https://gatehouse.example' });
});

test('requires PUBLIC_URL, because mailed links begin with it', () => {
  expect(() => readConfig({ ...least, PUBLIC_URL: '' })).toThrow('PUBLIC_URL is required.');
});
