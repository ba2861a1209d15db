import { createTRPCClient, getFetch, httpBatchLink, httpLink, splitLink, type TRPCClient } from '@trpc/client';
import { readableErrors } from './errors.ts';
import { onlyAnswers } from './answers.ts';
import type { AppRouter } from './router.ts';

/** All calls of the service, such as `client.developers.list.query({ portal_id })`. */
export type GatehouseClient = TRPCClient<AppRouter>;

/** A value, or a function that returns it and is called before each request. */
type Lazy<T> = T | (() => T | Promise<T>);

export type GatehouseClientOptions = {
  /** Base URL of the service, such as `https://portal.example.com`; it can have a path. */
  url: string;
  /**
   * An admin or portal token, or a developer's session token, sent as `Authorization: Bearer`. If it is missing or empty,
   * the header is not sent. Registering and signing in need no token, and neither do browsers with a session cookie.
   */
  token?: Lazy<string | null | undefined>;
  /** Makes the calls of a portal token on behalf of this developer (`X-Portal-Developer-ID`). */
  developerId?: string;
  /** Sent with every request; `token` and `developerId` replace headers of the same name. */
  headers?: Lazy<Record<string, string>>;
  /** Whether a browser sends its cookies: `include`, `same-origin` or `omit`. The default is that of `fetch`. */
  credentials?: 'include' | 'same-origin' | 'omit';
  /** Replaces the global `fetch`, for example for a proxy, a time limit or a test. */
  fetch?: typeof fetch;
};

/** The service rejects a batch with more calls. */
const MAX_CALLS_PER_BATCH = 20;

/** Servers and proxies commonly reject a request line of 8 KiB. */
const MAX_URL_LENGTH = 7_000;

/**
 * Creates a typed client of one Gatehouse service. It sends nothing before the first call. Calls made in the same tick
 * share one request, but each call succeeds or fails individually. A call with a `signal` has its own request, which ends
 * when the signal aborts.
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
        // Aborting one call of a batch would abort the others.
        condition: ({ signal }) => Boolean(signal),
        true: httpLink(request),
        // The streaming link would report a response that is not tRPC's, such as a proxy's 502, as an aborted call.
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
