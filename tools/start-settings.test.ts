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

test('nothing needs to be set', () => {
  expect(settingsOf({})).toMatchObject({ host: '127.0.0.1', port: 3000, databaseUrl: undefined, hasAdminToken: false });
});

test('a direct address without DATABASE_URL is refused: the embedded database would be used instead', () => {
  const env = { DATABASE_DIRECT_URL: 'postgresql://app@db/gatehouse' };
  expect(() => settingsOf(env)).toThrow('DATABASE_DIRECT_URL needs DATABASE_URL');
});

test('production takes what is given', () => {
  expect(settingsOf(production)).toMatchObject({ secret: long, hasAdminToken: true });
});

test.each(['DATABASE_URL', 'GATEHOUSE_SECRET', 'GATEHOUSE_ADMIN_TOKEN', 'PUBLIC_URL'])(
  'production without %s names it',
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
])('a wrong %s is refused by name', (name, value) => {
  expect(() => settingsOf({ [name]: value })).toThrow(name);
});

test('a token given from outside is not replaced by a generated one', () => {
  expect(() => settingsOf({ GATEHOUSE_ADMIN_TOKEN: long }, ['--new-admin-token'])).toThrow('GATEHOUSE_ADMIN_TOKEN');
});

test('an unknown argument is refused', () => {
  expect(() => readStartArguments(['--nonsense'])).toThrow('--nonsense');
});

test.each(SETTINGS)('--help shows $name', ({ name }) => {
  expect(startUsage).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
});

test('a terminal is kept free of the lines about each request, and production is not', () => {
  expect(settingsOf({}).variables['LOG_LEVEL']).toBe('warn');
  expect(settingsOf({ LOG_LEVEL: 'debug' }).variables['LOG_LEVEL']).toBe('debug');
  expect(settingsOf(production).variables['LOG_LEVEL']).toBeUndefined();
});
