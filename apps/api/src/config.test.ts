import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const good = { DATABASE_URL: 'postgresql://app@db/gatehouse', GATEHOUSE_SECRET: 's'.repeat(32) };

test('has a default for all that is not needed', () => {
  expect(readConfig(good)).toEqual({
    port: 3000,
    host: '127.0.0.1',
    databaseUrl: good.DATABASE_URL,
    redisUrl: null,
    redisPrefix: '{gatehouse}',
    publicUrl: 'http://127.0.0.1:3000',
    smtpEnabled: false,
    secret: good.GATEHOUSE_SECRET,
    previousSecret: null,
    ssoAllowedNetworks: ['127.0.0.0/8', '::1'],
    adminToken: null,
    trustProxy: 0,
    rateLimits: true,
    docs: true,
    logLevel: 'info',
  });
});

test('reads what is given', () => {
  const config = readConfig({
    ...good,
    HOST: '::1',
    PORT: '81',
    TRUST_PROXY: '10.0.0.0/8, ::1',
    RATE_LIMITS: 'off',
    DOCS: 'off',
    SMTP_URL: 'smtp://user:password@mail',
    REDIS_URL: '',
  });
  expect(config).toMatchObject({
    publicUrl: 'http://[::1]:81',
    trustProxy: ['10.0.0.0/8', '::1'],
    rateLimits: false,
    docs: false,
    smtpEnabled: true,
    redisUrl: null,
  });
  expect(readConfig({ ...good, TRUST_PROXY: '2', PUBLIC_URL: 'https://x.example/' })).toMatchObject({
    trustProxy: 2,
    publicUrl: 'https://x.example',
  });
});

test.each([
  ['PORT', '70000'],
  ['PORT', '1e3'],
  ['DATABASE_URL', ''],
  ['DATABASE_URL', 'mysql://db/x'],
  ['REDIS_URL', 'http://db'],
  ['PUBLIC_URL', 'gatehouse.example'],
  ['GATEHOUSE_SECRET', 'hunter2'],
  ['GATEHOUSE_ADMIN_TOKEN', 'hunter2'],
  ['GATEHOUSE_PREVIOUS_SECRET', 'hunter2'],
  ['SSO_ALLOWED_NETWORKS', 'localhost'],
  ['SSO_ALLOWED_NETWORKS', '10.0.0.0/33'],
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '10.0.0.0/33'],
  ['TRUST_PROXY', '10.0.0.0/8/8'],
  ['RATE_LIMITS', 'no'],
  ['DOCS', 'no'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s stops the start with one line that names it and keeps the value', (name, value) => {
  const read = (): unknown => readConfig({ ...good, [name]: value });
  expect(read).toThrow(new RegExp(`^${name} must .*$`));
  if (value === 'hunter2') expect(read).not.toThrow(/hunter2/);
});

test('production has rate limits', () => {
  expect(() => readConfig({ ...good, NODE_ENV: 'production', RATE_LIMITS: 'off' })).toThrow(
    'RATE_LIMITS cannot be off in production',
  );
});
