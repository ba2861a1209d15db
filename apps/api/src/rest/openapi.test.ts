import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { appRouter } from '../trpc/app-router.ts';
import { callsOf } from './calls.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

const document = JSON.stringify(openApiDocument(appRouter, routes), null, 2);

const Operation = z.object({ parameters: z.array(z.object({ name: z.string(), in: z.string() })) });
const ConfigSchema = z.object({
  title: z.string(),
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()).optional(),
  additionalProperties: z.boolean(),
});

test('the document matches its snapshot', () => {
  const snapshot: unknown = JSON.parse(readFileSync(new URL('openapi.snapshot.json', import.meta.url), 'utf8'));
  const hint = 'The API has changed. If that is meant: node apps/api/src/rest/write-openapi-snapshot.ts';
  expect({ hint, document: JSON.parse(document) }).toEqual({ hint, document: snapshot });
});

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(document);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

test('the developer header is a parameter of the calls that a portal token can make for a developer', () => {
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), Operation)) })
    .parse(JSON.parse(document));
  const having = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { parameters }]) =>
      parameters.some(({ name, in: place }) => name === 'X-Portal-Developer-ID' && place === 'header')
        ? [`${method} ${path}`]
        : [],
    ),
  );
  const portalSide =
    /^\w+ \/(?:applications|api_products|credentials|dcr_providers|developers|labels|subscriptions|system_settings)\b/;
  const all = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  expect(having.toSorted()).toEqual(
    [...all.filter((line) => portalSide.test(line)), 'get /approvals', 'get /approvals/{approval_id}'].toSorted(),
  );
  expect(having).toHaveLength(28);
});

test('the config of a login option has one schema per type', () => {
  const options = z.object({
    requestBody: z.object({
      content: z.object({
        'application/json': z.object({
          schema: z.object({ properties: z.object({ config: z.object({ anyOf: z.array(ConfigSchema) }) }) }),
        }),
      }),
    }),
  });
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(JSON.parse(document));
  const configOf = (path: string, method: string) =>
    options.parse(paths[path]?.[method]).requestBody.content['application/json'].schema.properties.config.anyOf;
  const made = configOf('/portals/{portal_id}/login_options', 'post');
  expect(made.map(({ title }) => title)).toEqual(['built_in', 'oidc', 'saml', 'ldap', 'cas']);
  expect(made.find(({ title }) => title === 'oidc')).toMatchObject({
    required: ['issuer', 'client_id', 'client_secret'],
    properties: { issuer: { type: 'string', format: 'uri' }, ssl_verify: { type: 'boolean', default: true } },
    additionalProperties: false,
  });
  const patched = configOf('/portals/{portal_id}/login_options/{login_option_id}', 'patch');
  const ldap = patched.find(({ title }) => title === 'ldap');
  expect(ldap?.required).toBeUndefined();
  expect(ldap?.properties['host']).toEqual({ anyOf: expect.arrayContaining([{ type: 'null' }]) });
});

test('every procedure has a route, and no two routes share a path and method', () => {
  const names = callsOf(appRouter, routes).map(({ useCase }) => useCase.name);
  expect(names.toSorted()).toEqual(Object.keys(appRouter._def.procedures).toSorted());
  const lines = routes.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(lines).size).toBe(lines.length);
});
