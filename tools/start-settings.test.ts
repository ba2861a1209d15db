import { SETTINGS } from '@gatehouse/process/environment';
import { expect, test } from 'vitest';
import { readStartArguments, readStartSettings, startUsage } from './start-settings.ts';

const long = 'x'.repeat(32);
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app@db/gatehouse',
  GATEHOUSE_SECRET: long,
  GATEHOUSE_ADMIN_TOKEN: long,
  PUBLIC_URL: 'https://gatehouse.example',
};

function settingsOf(env: NodeJS.ProcessEnv, args: string[] = []) {
  return readStartSettings(env, readStartArguments(args));
}

test('all settings are optional', () => {
  expect(settingsOf({})).toMatchObject({ host: '127.0.0.1', port: 3000, databaseUrl: undefined, hasAdminToken: false });
});

test('DATABASE_DIRECT_URL is rejected without DATABASE_URL, because the embedded database would be used instead', () => {
  const env = { DATABASE_DIRECT_URL: 'postgresql://app@db/gatehouse' };
  expect(() => settingsOf(env)).toThrow('DATABASE_DIRECT_URL needs DATABASE_URL');
});

test('production starts with the required settings', () => {
  expect(settingsOf(production)).toMatchObject({ secret: long, hasAdminToken: true });
});

test.each(['DATABASE_URL', 'GATEHOUSE_SECRET', 'GATEHOUSE_ADMIN_TOKEN', 'PUBLIC_URL'])(
  'production without %s fails with an error that names it',
  (name) => {
    expect(() => settingsOf({ ...production, [name]: '' })).toThrow(`${name} is required`);
  },
);

test.each([
  ['PORT', '65536'],
  ['PORT', '80a'],
  ['DATABASE_URL', 'mysql://db/gatehouse'],
  ['GATEHOUSE_SECRET', 'short'],
  ['GATEHOUSE_ADMIN_TOKEN', 'short'],
  ['LOG_LEVEL', 'loud'],
  ['REDIS_URL', 'http://x'],
  ['SMTP_URL', 'mail'],
  ['TRUST_PROXY', 'yes'],
])('a wrong %s fails with an error that names it', (name, value) => {
  expect(() => settingsOf({ [name]: value })).toThrow(name);
});

test('--new-admin-token is rejected if GATEHOUSE_ADMIN_TOKEN is set', () => {
  expect(() => settingsOf({ GATEHOUSE_ADMIN_TOKEN: long }, ['--new-admin-token'])).toThrow('GATEHOUSE_ADMIN_TOKEN');
});

test('an unknown argument is rejected', () => {
  expect(() => readStartArguments(['--nonsense'])).toThrow('--nonsense');
});

test.each(SETTINGS)('--help shows $name', ({ name }) => {
  expect(startUsage).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
});

test('LOG_LEVEL is warn by default, except in production', () => {
  expect(settingsOf({}).variables['LOG_LEVEL']).toBe('warn');
  expect(settingsOf({ LOG_LEVEL: 'debug' }).variables['LOG_LEVEL']).toBe('debug');
  expect(settingsOf(production).variables['LOG_LEVEL']).toBeUndefined();
});
