import { Agent, buildConnector, fetch } from 'undici';
import { createResolver, type Resolve } from './resolver.ts';

type Options = {
  /** CIDRs of internal networks that connections may reach. */
  allowedNetworks: readonly string[];
  /** Milliseconds for a connection, and for a whole response. */
  patience: number;
  /** Bytes of a response body, after decompression. */
  longestBody: number;
};
type Trust = { sslVerify: boolean };
type Request = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | URLSearchParams | Uint8Array<ArrayBuffer> | null;
};
export type Fetch = (url: string, request?: Request) => Promise<Response>;

/** Guards all connections to hosts that admins configure. They reach internal networks only if those are allowed. */
export type Egress = {
  /** Returns an allowed address of the host. Throws `EgressError`. */
  resolve(host: string): Promise<string>;
  /**
   * Does not follow redirects. Rejects a response that is too long or too slow. An `EgressError` may be among the
   * causes of a rejection.
   */
  fetch(trust: Trust): Fetch;
  close(): Promise<void>;
};

/**
 * Checks the address while connecting, so that the host cannot resolve to another address in between (OWASP:
 * server-side request forgery).
 */
export function openEgress({ allowedNetworks, patience, longestBody }: Options): Egress {
  const resolve = createResolver(allowedNetworks);
  const agent = ({ sslVerify }: Trust) =>
    new Agent({
      maxResponseSize: longestBody,
      headersTimeout: patience,
      bodyTimeout: patience,
      // Connections are not reused: the other side may close one just as the next request is sent on it.
      pipelining: 0,
      connect: guardedConnector(resolve, { rejectUnauthorized: sslVerify, timeout: patience }),
    });
  const trusting = agent({ sslVerify: false });
  const strict = agent({ sslVerify: true });
  return {
    resolve: async (host) => (await resolve(host))[0].address,
    fetch:
      ({ sslVerify }) =>
      async (url, request = {}) => {
        const response = await fetch(url, {
          ...request,
          redirect: 'manual',
          signal: AbortSignal.timeout(patience),
          dispatcher: sslVerify ? strict : trusting,
        });
        const { status, headers } = response;
        // Only the last of several decompressions is limited.
        if (headers.get('content-encoding')?.includes(',')) {
          await response.body?.cancel();
          throw new Error('The response is compressed more than once');
        }
        const body = await read(response.body ?? [], longestBody);
        return new Response(body.length > 0 ? body : null, { status, headers: [...headers] });
      },
    close: async () => {
      await Promise.all([trusting.destroy(), strict.destroy()]);
    },
  };
}

/** Counts decompressed bytes. The dispatcher counts the bytes on the wire, which can be a thousand times fewer. */
async function read(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  longest: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let left = longest;
  for await (const chunk of body) {
    left -= chunk.length;
    if (left < 0) throw new Error('The response is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Node calls `lookup` for names only, so a host that is an address is checked before the connection. */
function guardedConnector(
  resolve: Resolve,
  options: { rejectUnauthorized: boolean; timeout: number },
): buildConnector.connector {
  const connect = buildConnector({
    ...options,
    autoSelectFamily: true,
    lookup: (host, _options, report) => {
      resolve(host).then(
        (found) => report(null, found),
        (error: unknown) => report(asError(error), []),
      );
    },
  });
  return (target, report) => {
    resolve(target.hostname).then(
      () => connect(target, report),
      (error: unknown) => report(asError(error), null),
    );
  };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
