import { Scope } from '@gatehouse/contract/scopes';
import { z } from 'zod';
import type { System } from './system.ts';

const Operation = z.object({
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean(),
        schema: z.object({ type: z.string().optional() }),
      }),
    )
    .default([]),
  requestBody: z
    .object({
      content: z.record(
        z.string(),
        z.object({ schema: z.object({ properties: z.record(z.string(), z.unknown()).optional() }) }),
      ),
    })
    .optional(),
  security: z.array(z.unknown()).optional(),
  'x-required-caller': z.enum(['developer', 'operator']).optional(),
  'x-required-scope': Scope.optional(),
});
const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) });

/** One operation of the OpenAPI document. */
export type Call = {
  method: string;
  /** The path with its `{parameters}`. */
  path: string;
  query: string[];
  /** The required parameters of `query`, which are all numbers. */
  required: string[];
  /** The parameters of `query` that can be repeated. */
  repeatable: string[];
  /** Null if the call has no body. */
  body: { properties?: Record<string, unknown> | undefined } | null;
  isPublic: boolean;
  /** Whether only developer sessions can make the call. */
  isPersonal: boolean;
  /** The scope that the call requires, or null. */
  scope: Scope | null;
};

/** All calls in the OpenAPI document of the service. */
export async function everyCall({ url }: Pick<System, 'url'>): Promise<Call[]> {
  const { paths } = Document.parse(await (await fetch(`${url}/openapi.json`)).json());
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { parameters, requestBody, security, ...required }]) => ({
      method: method.toUpperCase(),
      path: path.startsWith('/api/') ? path : `/api${path}`,
      query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      required: parameters
        .filter((parameter) => parameter.in === 'query' && parameter.required)
        .map(({ name }) => name),
      repeatable: parameters.filter(({ schema }) => schema.type === 'array').map(({ name }) => name),
      body: requestBody?.content['application/json']?.schema ?? null,
      isPublic: security?.length === 0,
      isPersonal: required['x-required-caller'] === 'developer',
      scope: required['x-required-scope'] ?? null,
    })),
  );
}

const PORTAL_SIDE = [
  '/api/api_products',
  '/api/applications',
  '/api/credentials',
  '/api/dcr_providers',
  '/api/developers',
  '/api/labels',
  '/api/subscriptions',
  '/api/system_settings',
];

/** On the portal side, an admin token names a portal with `?portal_id=`. */
export const isPortalSide = (path: string): boolean => PORTAL_SIDE.some((prefix) => path.startsWith(prefix));

/** Replaces the parameters of a path with ids. */
export const pathOf = (path: string, ids: Record<string, string>): string =>
  path.replace(/\{(.+?)\}/g, (_, name: string) => encodeURIComponent(ids[name] ?? 'none'));
