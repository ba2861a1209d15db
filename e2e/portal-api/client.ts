import createClient, { type Client } from 'openapi-fetch';
import { call } from '../api.ts';
import type { System } from '../system.ts';
import type { paths } from './document.ts';

/** Beside the headers of axios, one that a tracing front end adds. */
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
 * A client made for the compatible API, not for Gatehouse: it may send what that API's document says. Its headers are
 * those of an SDK built on axios, which takes errors as the JSON that axios asks for. `developerId` may be empty: front
 * ends send it so for visitors who have not signed in.
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

/** A new portal token, with the scopes it has by default if none are given. */
export async function portalToken(system: System, portal_id: string, scopes?: string[]): Promise<string> {
  const token = { kind: 'portal', name: 'front end', portal_id, ...(scopes ? { scopes } : {}) };
  const { body } = await call(system, 'POST /api/tokens', { body: token });
  return String(body['token']);
}
