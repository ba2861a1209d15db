import createClient, { type Client } from 'openapi-fetch';
import { call } from '../api.ts';
import type { System } from '../system.ts';
import type { paths } from './document.ts';

/** The headers of axios, and one that a front end with tracing adds. */
const AXIOS = {
  Accept: 'application/json, text/plain, */*',
  'Accept-Encoding': 'gzip, compress, deflate, br',
  'User-Agent': 'axios/1.13.2',
  'X-Requested-With': 'XMLHttpRequest',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};

export type PortalClient = Client<paths>;
type Options = { token: string; developerId?: string };

/**
 * A client for API7's Developer Portal API, which sends what the OpenAPI document of that API allows. Its headers are
 * those of an SDK built on axios, which asks for errors as plain JSON. `developerId` can be empty, because front ends
 * send an empty header for visitors who have not signed in.
 */
export const portalClient = ({ url }: Pick<System, 'url'>, { token, developerId }: Options): PortalClient =>
  createClient<paths>({
    baseUrl: url,
    headers: {
      ...AXIOS,
      Authorization: `Bearer ${token}`,
      ...(developerId === undefined ? {} : { 'X-Portal-Developer-ID': developerId }),
    },
  });

/** Creates a portal token, with the default scopes unless others are given. */
export async function portalToken(system: System, portal_id: string, scopes?: string[]): Promise<string> {
  const token = { kind: 'portal', name: 'front end', portal_id, ...(scopes ? { scopes } : {}) };
  const { body } = await call(system, 'POST /api/tokens', { body: token });
  return String(body['token']);
}
