import { expect, test } from 'vitest';
import { readStartArguments, readStartSettings } from './start-settings.ts';

const long = 'x'.repeat(32);
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app@db/gatehouse',
  GATEHOUSE_SECRET: long,
  GATEHOUSE_ADMIN_TOKEN: long,
};

function settingsOf(env: NodeJS.ProcessEnv, args: string[] = []) {
  return readStartSettings(env, readStartArguments(args));
}

test('nothing needs to be set', () => {
  expect(settingsOf({})).toMatchObject({ host: '127.0.0.1', port: 3000, databaseUrl: undefined, hasAdminToken: false });
});

test('production takes what is given', () => {
  expect(settingsOf(production)).toMatchObject({ secret: long, hasAdminToken: true });
});

test.each(['DATABASE_URL', 'GATEHOUSE_SECRET', 'GATEHOUSE_ADMIN_TOKEN'])('production without %s names it', (name) => {
  expect(() => settingsOf({ ...production, [name]: '' })).toThrow(`${name} is required`);
});

test.each([
  ['PORT', '65536'],
  ['PORT', '80a'],
  ['DATABASE_URL', 'mysql://db/gatehouse'],
  ['GATEHOUSE_SECRET', 'short'],
  ['GATEHOUSE_ADMIN_TOKEN', 'short'],
])('a wrong %s is refused by name', (name, value) => {
  expect(() => settingsOf({ [name]: value })).toThrow(name);
});

test('a token given from outside is not replaced by a generated one', () => {
  expect(() => settingsOf({ GATEHOUSE_ADMIN_TOKEN: long }, ['--new-admin-token'])).toThrow('GATEHOUSE_ADMIN_TOKEN');
});

test('an unknown argument is refused', () => {
  expect(() => readStartArguments(['--nonsense'])).toThrow('--nonsense');
});
