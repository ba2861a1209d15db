import { configDefaults, defineConfig } from 'vitest/config';
import { findBrowser } from './e2e/browser.ts';
import { findGateway, GATEWAYS } from './e2e/gateway-server.ts';
import { findFaketime } from './e2e/faketime.ts';
import { LLNG_PROGRAMS } from './packages/testing/src/llng.ts';
import { findProgram, hasPrograms } from './packages/testing/src/programs.ts';
import { SIMPLESAMLPHP_PROGRAMS } from './packages/testing/src/simplesamlphp.ts';
import { SLAPD_PROGRAMS } from './packages/testing/src/slapd.ts';
import { TallyReporter } from './tools/vitest-reporter.ts';

const redisRequired = process.env['TEST_REDIS'] === 'required';
const redisAvailable = Boolean(process.env['TEST_REDIS_URL'] ?? findProgram('redis-server'));
const skippedLeg =
  'SKIPPED: the end-to-end tests on Redis. To run them: apt-get install redis-server, or set TEST_REDIS_URL.';
const absentGateways =
  process.env['TEST_GATEWAYS'] === 'required' ? [] : GATEWAYS.filter((name) => findGateway(name) === undefined);
const skippedGateways = `SKIPPED: the tests of gateways/ with ${absentGateways.join(', ')}. To run them: apt-get install ${absentGateways.join(' ')}.`;
const PROVIDERS = {
  OpenLDAP: SLAPD_PROGRAMS,
  'LemonLDAP::NG': LLNG_PROGRAMS,
  SimpleSAMLphp: SIMPLESAMLPHP_PROGRAMS,
};
const absentProviders =
  process.env['TEST_SSO'] === 'required'
    ? []
    : Object.entries(PROVIDERS).flatMap(([name, programs]) => (hasPrograms(...programs) ? [] : [name]));
const skippedProviders = `SKIPPED: the tests of packages/sso with ${absentProviders.join(', ')}. To run them install what .ci/run installs for them.`;
const browserAbsent = process.env['TEST_BROWSER'] !== 'required' && findBrowser() === undefined;
const skippedBrowser = 'SKIPPED: the tests of the pages in a browser. To run them: apt-get install chromium.';
const clockFixed = process.env['TEST_LONG'] !== 'required' && findFaketime() === undefined;
const skippedClock = 'SKIPPED: the tests of clocks that jump. To run them: apt-get install libfaketime.';
const poolerAbsent = process.env['TEST_POOLER'] !== 'required' && findProgram('pgbouncer') === undefined;
const skippedPooler = 'SKIPPED: the tests behind a pooler. To run them: apt-get install pgbouncer.';
const notes = [
  ...(redisAvailable || redisRequired ? [] : [skippedLeg]),
  ...(absentGateways.length > 0 ? [skippedGateways] : []),
  ...(absentProviders.length > 0 ? [skippedProviders] : []),
  ...(browserAbsent ? [skippedBrowser] : []),
  ...(clockFixed ? [skippedClock] : []),
  ...(poolerAbsent ? [skippedPooler] : []),
];

const patience = { testTimeout: 20_000, hookTimeout: 30_000 };

/** They replace modules, which other files must not see. */
const REPLACING_MODULES = [
  'apps/api/src/gateway/last-used.test.ts',
  'packages/core/src/auth/accounts-revealed.test.ts',
  'packages/core/src/auth/links.test.ts',
  'packages/core/src/console/operators-revealed.test.ts',
  'packages/core/src/credential/credential-rights.test.ts',
];

// Files share a process and its modules: loading them again for each file takes a third of the time of all.
const unit = {
  test: {
    name: 'unit',
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', '{bench,tools}/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...REPLACING_MODULES],
    isolate: false,
    ...patience,
  },
};

const unitAlone = { test: { name: 'unit-alone', include: REPLACING_MODULES, ...patience } };

const e2e = { include: ['e2e/**/*.test.ts'], isolate: false, testTimeout: 60_000, hookTimeout: 60_000 };

/** What is published is built; the tests take the sources. */
const resolve = { alias: { '@gatehouse/client': new URL('packages/client/src/index.ts', import.meta.url).pathname } };

const e2ePostgres = {
  resolve,
  test: {
    ...e2e,
    name: 'e2e-postgres',
    provide: { queue: 'postgres' as const, redisUrl: null, redisPrefix: '' },
  },
};

const e2eRedis = {
  resolve,
  test: {
    ...e2e,
    name: 'e2e-redis',
    // Start-up, responses to callers, gateways and browsers, and access rights do not depend on where the queue is.
    // e2e/rate-limits.test.ts covers the limits that are kept in Redis.
    exclude: [
      ...configDefaults.exclude,
      'e2e/start.test.ts',
      'e2e/database-*.test.ts',
      'e2e/settings.test.ts',
      'e2e/prefix.test.ts',
      'e2e/private-authority.test.ts',
      'e2e/readme.test.ts',
      'e2e/gateways.test.ts',
      'e2e/bad-input.test.ts',
      'e2e/client.test.ts',
      'e2e/guessing.test.ts',
      'e2e/isolation*.test.ts',
      'e2e/portal-api/*.test.ts',
      'e2e/sso.test.ts',
      'e2e/rolling-restarts.test.ts',
      'e2e/bad-clients.test.ts',
      'e2e/pages.test.ts',
      'e2e/accessible-pages.test.ts',
      'e2e/sso-pages.test.ts',
    ],
    provide: { queue: 'redis' as const },
    globalSetup: ['e2e/redis-setup.ts'],
  },
};

// The set-up of the root runs once for all projects, and each of them sees what it provides.
export default defineConfig({
  test: {
    globalSetup: ['tools/test-database.ts'],
    // More than there are cores: most of the time is spent waiting for other processes.
    maxWorkers: 3,
    reporters: ['default', new TallyReporter(notes)],
    projects: [unit, unitAlone, e2ePostgres, ...(redisAvailable || redisRequired ? [e2eRedis] : [])],
  },
});
