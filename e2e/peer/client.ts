import createClient, { type Client } from 'openapi-fetch';
import { call } from '../api.ts';
import type { System } from '../system.ts';
import type { paths } from './portal-api.ts';

export type PeerClient = Client<paths>;
type Options = { token: string; developerId?: string };

/**
 * A client made for the peer's portal API, not for ours: what it may send is what that API's document says. Its headers
 * are those of the peer's SDK, which is built on axios and takes errors as the JSON that axios asks for.
 */
export const peerClient = ({ url }: Pick<System, 'url'>, { token, developerId }: Options): PeerClient =>
  createClient<paths>({
    baseUrl: url,
    headers: {
      Accept: 'application/json, text/plain, */*',
      Authorization: `Bearer ${token}`,
      ...(developerId === undefined ? {} : { 'X-Portal-Developer-ID': developerId }),
    },
  });

/** A new portal token with the scopes it has by default. */
export async function portalToken(system: System, portal_id: string): Promise<string> {
  const { body } = await call(system, 'POST /api/tokens', { body: { kind: 'portal', name: 'front end', portal_id } });
  return String(body['token']);
}
