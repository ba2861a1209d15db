import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const least = { DATABASE_URL: 'postgresql://gate:pw@%2Ftmp%2Fs:5432/gatehouse', GATEHOUSE_SECRET: 'x'.repeat(32) };

test('what is needed at least', () => {
  expect(readConfig({ ...least, REDIS_URL: '' })).toEqual({
    databaseUrl: least.DATABASE_URL,
    redisUrl: null,
    redisPrefix: '{gatehouse}',
    smtpUrl: null,
    mailFrom: { name: 'Gatehouse', email: 'gatehouse@localhost' },
    dataDir: null,
    settings: {
      secret: least.GATEHOUSE_SECRET,
      previousSecret: null,
      publicUrl: 'http://127.0.0.1:3000',
      smtpEnabled: false,
    },
    logLevel: 'info',
  });
});

test.each([
  [{ DATABASE_URL: '' }, 'DATABASE_URL is required.'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must look like postgresql://user:password@host:5432/name.'],
  [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL must look like redis://host:6379.'],
  [{ SMTP_URL: 'http://x' }, 'SMTP_URL must look like smtp://user:password@host:587.'],
  [{ GATEHOUSE_SECRET: 'short' }, 'GATEHOUSE_SECRET must have at least 32 characters.'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent.'],
  [{ MAIL_FROM: 'a@b.c, d@e.f' }, 'MAIL_FROM must look like Gatehouse <gatehouse@example.com>.'],
  [
    { SMTP_URL: 'smtp://mail', NODE_ENV: 'production' },
    'MAIL_FROM is required with SMTP_URL when NODE_ENV is production.',
  ],
])('%o: one line that names the variable', (wrong, line) => {
  expect(() => readConfig({ ...least, ...wrong })).toThrow(line);
});

test.each([
  ['Portal Team <team@example.com>', { name: 'Portal Team', email: 'team@example.com' }],
  ['"Team, Portal" <team@example.com>', { name: 'Team, Portal', email: 'team@example.com' }],
  ['team@example.com', { name: '', email: 'team@example.com' }],
])('MAIL_FROM %s', (text, address) => {
  expect(readConfig({ ...least, MAIL_FROM: text }).mailFrom).toEqual(address);
});
