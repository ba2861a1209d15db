import { describe, expect, test } from 'vitest';
import { describeEnvironment, readEnvironment, readPartialEnvironment, SETTINGS } from './environment.ts';
import { StartError } from './start-error.ts';

const least = {
  DATABASE_URL: 'postgresql://app:hunter2@%2Ftmp%2Fs:5432/gatehouse',
  GATEHOUSE_SECRET: 's'.repeat(32),
  PUBLIC_URL: 'https://gatehouse.example',
};

test('has a default for every optional setting', () => {
  expect(readEnvironment({ ...least, REDIS_URL: '', SOMETHING_ELSE: 'x' })).toEqual({
    ...least,
    DATABASE_POOL_SIZE: 10,
    REDIS_PREFIX: '{gatehouse}',
    PORT: 3000,
    HOST: '127.0.0.1',
    TRUST_PROXY: 0,
    RATE_LIMITS: 'on',
    DOCS: 'on',
    LOG_LEVEL: 'info',
  });
});

test.each(Object.keys(least))('requires %s, except for the start script', (name) => {
  expect(() => readEnvironment({ ...least, [name]: '' })).toThrow(new StartError(`${name} is required.`));
  expect(readPartialEnvironment({ ...least, [name]: '' })).toMatchObject({ PORT: 3000 });
});

test.each([
  ['PORT', '70000', 'must be a number from 0 to 65535.'],
  ['PORT', '1e3', 'must be a number from 0 to 65535.'],
  ['DATABASE_URL', 'mysql://hunter2@db/x', 'must look like postgresql://user:password@host:5432/name.'],
  ['DATABASE_URL', 'postgresql://user:hunter2@db/x?sslmode=prefer', /^DATABASE_URL has sslmode=prefer: use one of/],
  ['DATABASE_DIRECT_URL', 'db', 'must look like postgresql://user:password@host:5432/name.'],
  ['DATABASE_POOL_SIZE', '2', 'must be a number from 3 to 100.'],
  ['REDIS_URL', 'http://db', 'must look like redis://host:6379.'],
  ['REDIS_URL', 'localhost:6379', 'must look like redis://host:6379.'],
  ['SMTP_URL', 'http://hunter2@mail', 'must look like smtp://user:password@host:587.'],
  ['REDIS_URL', 'redis://', 'must look like redis://host:6379.'],
  ['SMTP_URL', 'smtp://', 'must look like smtp://user:password@host:587.'],
  ['GATEHOUSE_SECRET', ' '.repeat(40), 'must have at least 32 characters.'],
  ['SMTP_URL', 'mail.example.org', 'must look like smtp://user:password@host:587.'],
  ['PUBLIC_URL', 'gatehouse.example', /must look like https:\/\/developers\.example\.com/],
  ['PUBLIC_URL', 'https://a:b@gatehouse.example', /must look like/],
  ['PUBLIC_URL', 'https://gatehouse.example/?x', /must look like/],
  ['GATEHOUSE_SECRET', 'hunter2', 'must have at least 32 characters.'],
  ['GATEHOUSE_PREVIOUS_SECRET', 'hunter2', 'must have at least 32 characters.'],
  ['GATEHOUSE_ADMIN_TOKEN', 'hunter2', 'must have at least 32 characters.'],
  ['GATEHOUSE_ADMIN_TOKEN', `hunter2 ${'x'.repeat(32)}`, /must consist of letters, digits/],
  ['MAIL_FROM', 'a@b.c, d@e.f', 'must look like Gatehouse <gatehouse@example.com>.'],
  ['SSO_ALLOWED_NETWORKS', 'localhost', /must be a comma-separated list of CIDRs/],
  ['SSO_ALLOWED_NETWORKS', '10.0.0.0/33', /must be a comma-separated list of CIDRs/],
  ['TRUST_PROXY', 'true', /must be a number of hops or a comma-separated list of CIDRs/],
  ['TRUST_PROXY', '10.0.0.0/8/8', /must be a number of hops or a comma-separated list of CIDRs/],
  ['CORS_ORIGINS', '*', /must be a comma-separated list of origins/],
  ['CORS_ORIGINS', 'https://app.example/', /must be a comma-separated list of origins/],
  ['CORS_ORIGINS', 'app.example', /must be a comma-separated list of origins/],
  ['NODE_EXTRA_CA_CERTS', '/dev/null', 'must name a readable file with PEM certificates.'],
  ['SECURITY_CONTACT', 'security@example.com', /must look like mailto:/],
  ['SECURITY_CONTACT', 'mailto:a@b.example\nContact: c', /must look like mailto:/],
  ['RATE_LIMITS', 'no', 'must be on or off.'],
  ['DOCS', 'no', 'must be on or off.'],
  ['LOG_LEVEL', 'loud', 'must be fatal, error, warn, info, debug, trace or silent.'],
])('rejects %s=%s with one line that does not show the value', (name, value, message) => {
  for (const read of [readEnvironment, readPartialEnvironment]) {
    const reading = (): unknown => read({ ...least, [name]: value });
    expect(reading).toThrow(StartError);
    expect(reading).toThrow(message);
    expect(reading).toThrow(new RegExp(`^${name} .*\\.$`));
    expect(reading).not.toThrow(/hunter2/);
  }
});

test('rejects a prefix without braces on a Redis Cluster', () => {
  const cluster = { ...least, REDIS_URL: 'rediss+cluster://redis.example.org:6379' };
  expect(readEnvironment(cluster)).toMatchObject({ REDIS_PREFIX: '{gatehouse}' });
  expect(() => readEnvironment({ ...cluster, REDIS_PREFIX: 'gatehouse' })).toThrow(/^REDIS_PREFIX needs braces /);
});

describe('in production', () => {
  const production = { ...least, NODE_ENV: 'production' };
  test.each([
    [{ RATE_LIMITS: 'off' }, 'RATE_LIMITS cannot be off when NODE_ENV is production.'],
    [{ SMTP_URL: 'smtp://mail' }, 'MAIL_FROM is required with SMTP_URL when NODE_ENV is production.'],
  ])('rejects %j', (more, message) => {
    for (const read of [readEnvironment, readPartialEnvironment])
      expect(() => read({ ...production, ...more })).toThrow(message);
    expect(readEnvironment({ ...least, ...more })).toMatchObject({ PORT: 3000 });
  });
});

test.each([
  ['https://x.example/', 'https://x.example'],
  ['https://X.example:443//', 'https://x.example'],
  ['http://x.example:8080/gate/house/', 'http://x.example:8080/gate/house'],
])('normalizes PUBLIC_URL %s to %s', (given, kept) => {
  expect(readEnvironment({ ...least, PUBLIC_URL: given }).PUBLIC_URL).toBe(kept);
});

test.each([
  ['Portal Team <team@example.com>', { name: 'Portal Team', email: 'team@example.com' }],
  ['"Team, Portal" <team@example.com>', { name: 'Team, Portal', email: 'team@example.com' }],
  ['team@example.com', { name: '', email: 'team@example.com' }],
])('parses MAIL_FROM %s', (text, address) => {
  expect(readEnvironment({ ...least, MAIL_FROM: text }).MAIL_FROM).toEqual(address);
});

test('describes every setting, and only whether a secret is set', () => {
  const shown = describeEnvironment(readEnvironment({ ...least, TRUST_PROXY: '10.0.0.0/8, ::1' }));
  expect(Object.keys(shown).toSorted()).toEqual(SETTINGS.map(({ name }) => name).toSorted());
  expect(shown).toMatchObject({
    DATABASE_URL: 'set',
    GATEHOUSE_SECRET: 'set',
    REDIS_URL: null,
    PUBLIC_URL: least.PUBLIC_URL,
    TRUST_PROXY: ['10.0.0.0/8', '::1'],
  });
});

test('documents every setting', () => {
  expect(SETTINGS.filter(({ meaning }) => meaning === '')).toEqual([]);
});
