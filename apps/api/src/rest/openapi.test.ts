import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { appRouter } from '../trpc/app-router.ts';
import { callsOf } from './calls.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

const document = JSON.stringify(openApiDocument(appRouter, routes), null, 2);

test('the document is what it was', () => {
  const snapshot: unknown = JSON.parse(readFileSync(new URL('openapi.snapshot.json', import.meta.url), 'utf8'));
  const hint = 'The API has changed. If that is meant: node apps/api/src/rest/write-openapi-snapshot.ts';
  expect({ hint, document: JSON.parse(document) }).toEqual({ hint, document: snapshot });
});

test('the document is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(document);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

test('every procedure has a route, and no method of a path two', () => {
  const names = callsOf(appRouter, routes).map(({ useCase }) => useCase.name);
  expect(names.toSorted()).toEqual(Object.keys(appRouter._def.procedures).toSorted());
  const lines = routes.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(lines).size).toBe(lines.length);
});
