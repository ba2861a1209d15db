import type { Agents } from './agents.ts';
import { createResolver } from './resolver.ts';

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
  let opened: Promise<Agents> | undefined;
  // Loaded for the first request, because many installations have no identity providers.
  const open = (): Promise<Agents> =>
    (opened ??= import('./agents.ts').then(({ openAgents }) => openAgents(resolve, { patience, longestBody })));
  return {
    resolve: async (host) => (await resolve(host))[0].address,
    fetch:
      ({ sslVerify }) =>
      async (url, request = {}) => {
        const { fetch, strict, trusting } = await open();
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
      await (await opened)?.close();
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
