import { createTRPCClient, getFetch, httpBatchLink, httpLink, splitLink, type TRPCClient } from '@trpc/client';
import { readableErrors } from './errors.ts';
import { onlyAnswers } from './answers.ts';
import type { AppRouter } from './router.ts';

/** Every call of the service, by record and verb: `client.developers.list.query({ portal_id })`. */
export type GatehouseClient = TRPCClient<AppRouter>;

/** A value, or a function that is asked for it before each request. */
type Lazy<T> = T | (() => T | Promise<T>);

export type GatehouseClientOptions = {
  /** Base address of the service, as `https://portal.example.com`; a path in it is kept. */
  url: string;
  /**
   * An admin or portal token, or a developer's session token; sent as `Authorization: Bearer`. Without one, or with an
   * empty one, the header is not sent: for signing up and in, and for browsers that hold the session's cookie.
   */
  token?: Lazy<string | null | undefined>;
  /** With a portal token: the developer on whose behalf the calls are made (`X-Portal-Developer-ID`). */
  developerId?: string;
  /** Sent with every request; `token` and `developerId` replace headers of the same name. */
  headers?: Lazy<Record<string, string>>;
  /** Whether a browser sends its cookies: `include`, `same-origin` or `omit`. The default is that of `fetch`. */
  credentials?: 'include' | 'same-origin' | 'omit';
  /** Used in place of the global `fetch`, for a proxy, a time limit or a test. */
  fetch?: typeof fetch;
};

/** The service refuses a batch with more calls. */
const MAX_CALLS_PER_BATCH = 20;

/** Servers and proxies commonly refuse a request line of 8 KiB. */
const MAX_URL_LENGTH = 7_000;

/**
 * A typed client of one Gatehouse service. Nothing is sent before the first call. Calls made in the same tick travel in
 * one request, and each succeeds or fails by itself; a call with a `signal` has a request of its own, which ends when the
 * signal aborts.
 *
 * A call that fails rejects with a `GatehouseCallError`.
 */
export function createGatehouseClient(options: GatehouseClientOptions): GatehouseClient {
  const request = {
    url: `${options.url.replace(/\/+$/, '')}/trpc`,
    headers: () => headersOf(options),
    fetch: getFetch(onlyAnswers(options)),
  };
  return createTRPCClient<AppRouter>({
    links: [
      readableErrors,
      splitLink({
        // A batch is one request, which no call of it can end for the others.
        condition: ({ signal }) => Boolean(signal),
        true: httpLink(request),
        // Not the streaming link: it reports an answer that is not tRPC's, as a proxy's 502, as an aborted call.
        false: httpBatchLink({ ...request, maxItems: MAX_CALLS_PER_BATCH, maxURLLength: MAX_URL_LENGTH }),
      }),
    ],
  });
}

async function headersOf({ token, developerId, headers }: GatehouseClientOptions): Promise<Record<string, string>> {
  const sent = new Headers(typeof headers === 'function' ? await headers() : headers);
  const bearer = typeof token === 'function' ? await token() : token;
  if (bearer) sent.set('Authorization', `Bearer ${bearer}`);
  if (developerId !== undefined) sent.set('X-Portal-Developer-ID', developerId);
  return Object.fromEntries(sent);
}
