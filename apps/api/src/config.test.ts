import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const good = {
  DATABASE_URL: 'postgresql://app@db/gatehouse',
  GATEHOUSE_SECRET: 's'.repeat(32),
  PUBLIC_URL: 'https://gatehouse.example',
};

test('optional settings have defaults', () => {
  const { understood, ...config } = readConfig(good);
  expect(config).toEqual({
    port: 3000,
    host: '127.0.0.1',
    databaseUrl: good.DATABASE_URL,
    directUrl: good.DATABASE_URL,
    poolSize: 10,
    redisUrl: null,
    redisPrefix: '{gatehouse}',
    replicaUrl: null,
    publicUrl: good.PUBLIC_URL,
    smtpEnabled: false,
    secret: good.GATEHOUSE_SECRET,
    previousSecret: null,
    ssoAllowedNetworks: ['127.0.0.0/8', '::1'],
    adminToken: null,
    trustProxy: 0,
    corsOrigins: [],
    rateLimits: true,
    docs: true,
    securityContact: null,
    logLevel: 'info',
  });
  expect(understood).toMatchObject({ GATEHOUSE_SECRET: 'set', PUBLIC_URL: good.PUBLIC_URL });
});

test('settings are read from variables', () => {
  const config = readConfig({
    ...good,
    TRUST_PROXY: '10.0.0.0/8, ::1',
    RATE_LIMITS: 'off',
    DOCS: 'off',
    SMTP_URL: 'smtp://user:password@mail',
  });
  expect(config).toMatchObject({
    trustProxy: ['10.0.0.0/8', '::1'],
    rateLimits: false,
    docs: false,
    smtpEnabled: true,
  });
});

test('production allows no private network unless it is configured', () => {
  const production = { ...good, NODE_ENV: 'production' };
  expect(readConfig(production).ssoAllowedNetworks).toEqual([]);
  expect(readConfig({ ...production, SSO_ALLOWED_NETWORKS: '10.0.0.0/8' }).ssoAllowedNetworks).toEqual(['10.0.0.0/8']);
});
