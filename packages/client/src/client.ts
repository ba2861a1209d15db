import { createTRPCClient, getFetch, httpBatchLink, type TRPCClient } from '@trpc/client';
import type { AppRouter } from './router.ts';

/** Every call of the service, by record and verb: `client.developers.list.query({ portal_id })`. */
export type GatehouseClient = TRPCClient<AppRouter>;

export type GatehouseClientOptions = {
  /** Base address of the service, as `https://portal.example.com`; a path in it is kept. */
  url: string;
  /** An admin or portal token, or a developer's session token; sent as `Authorization: Bearer`. */
  token: string;
  /** With a portal token: the developer on whose behalf the calls are made (`X-Portal-Developer-ID`). */
  developerId?: string;
  /** Used in place of the global `fetch`, for a proxy, a time limit or a test. */
  fetch?: typeof fetch;
};

/** The service refuses a batch with more calls. */
const MAX_CALLS_PER_BATCH = 20;

/** Servers and proxies commonly refuse a request line of 8 KiB. */
const MAX_URL_LENGTH = 7_000;

/**
 * A typed client of one Gatehouse service. Nothing is sent before the first call; calls made in the same tick travel in
 * one request, and each succeeds or fails by itself.
 *
 * A call that fails rejects with a `TRPCClientError`; `problemOf` reads from it what the service said.
 */
export function createGatehouseClient({ url, token, developerId, fetch }: GatehouseClientOptions): GatehouseClient {
  return createTRPCClient<AppRouter>({
    links: [
      // Not the streaming link: it reports an answer that is not tRPC's, as a proxy's 502, as an aborted call.
      httpBatchLink({
        url: `${url.replace(/\/+$/, '')}/trpc`,
        headers: {
          Authorization: `Bearer ${token}`,
          ...(developerId === undefined ? {} : { 'X-Portal-Developer-ID': developerId }),
        },
        maxItems: MAX_CALLS_PER_BATCH,
        maxURLLength: MAX_URL_LENGTH,
        ...(fetch ? { fetch: getFetch(fetch) } : {}),
      }),
    ],
  });
}
