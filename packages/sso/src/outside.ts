import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, fetch } from 'undici';
import { SsoError } from './sso-error.ts';

/** Milliseconds that an identity provider may take to answer a question. */
const PATIENCE = 5000;
/** Bytes of an answer, far more than any needs. */
const LONGEST = 1_048_576;

type Trust = { sslVerify: boolean };
type Request = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | URLSearchParams | Uint8Array<ArrayBuffer> | null;
};
export type Fetch = (url: string, request?: Request) => Promise<Response>;

/** The way to identity providers, whose addresses admins write: never to our own network, unless it is allowed. */
export type Outside = {
  /** An address of the host that may be reached; throws `SsoError` where there is none. */
  resolve(host: string): Promise<string>;
  /** Follows no redirect, and takes no answer that is too long or too late. */
  fetch(trust: Trust): Fetch;
  close(): Promise<void>;
};

/**
 * `allowedNetworks`: CIDRs that are not public and may be reached all the same. The address is looked at where the
 * connection is made, so that a name cannot lead elsewhere in between (OWASP: server side request forgery).
 */
export function openOutside(allowedNetworks: readonly string[]): Outside {
  const allowed = allowedNetworks.map((network) => ipaddr.parseCIDR(withPrefix(network)));
  const addressesOf = async (host: string): Promise<LookupAddress[]> => {
    const found = await lookUp(host);
    if (found.every(({ address }) => isAllowed(address, allowed))) return found;
    throw new SsoError(
      'address_not_allowed',
      `${host} has an address that is not public. To allow it, add its network to SSO_ALLOWED_NETWORKS.`,
    );
  };
  const trusting = agent(addressesOf, { sslVerify: false });
  const strict = agent(addressesOf, { sslVerify: true });
  return {
    resolve: async (host) => {
      const [first] = await addressesOf(host);
      if (!first) throw new SsoError('unreachable', `${host} has no address.`);
      return first.address;
    },
    fetch:
      ({ sslVerify }) =>
      async (url, request = {}) => {
        const answer = await fetch(url, {
          ...request,
          redirect: 'manual',
          signal: AbortSignal.timeout(PATIENCE),
          dispatcher: sslVerify ? strict : trusting,
        });
        const { status, headers } = answer;
        // Between the one and the other there may be more than comes out.
        if (headers.get('content-encoding')?.includes(',')) {
          await answer.body?.cancel();
          throw new Error('The answer is packed more than once');
        }
        const body = await read(answer.body ?? []);
        return new Response(body.length > 0 ? body : null, { status, headers: [...headers] });
      },
    close: async () => {
      await Promise.all([trusting.destroy(), strict.destroy()]);
    },
  };
}

/** The dispatcher counts what comes, which may be packed: what is in it can be a thousand times as long. */
async function read(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let left = LONGEST;
  for await (const chunk of body) {
    left -= chunk.length;
    if (left < 0) throw new Error('The answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const withPrefix = (network: string): string =>
  network.includes('/') ? network : `${network}/${isIP(network) === 6 ? '128' : '32'}`;

type Cidr = ReturnType<typeof ipaddr.parseCIDR>;

function isAllowed(address: string, allowed: Cidr[]): boolean {
  const parsed = ipaddr.process(address);
  if (isPublic(parsed)) return true;
  return allowed.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
}

/** Of IPv6 only what is given out to anybody; elsewhere there are addresses of IPv4 in many a disguise. */
const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');
const isPublic = (address: Cidr[0]): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(GLOBAL));

async function lookUp(host: string): Promise<LookupAddress[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) > 0) return [{ address: bare, family: isIP(bare) }];
  try {
    return await lookup(bare, { all: true, order: 'ipv4first' });
  } catch (error) {
    throw new SsoError('unreachable', `${host} cannot be resolved by DNS.`, error);
  }
}

/** Node asks for the addresses of a name itself, but of what is an address already nothing is asked. */
function agent(addressesOf: (host: string) => Promise<LookupAddress[]>, { sslVerify }: Trust): Agent {
  const connect = buildConnector({
    rejectUnauthorized: sslVerify,
    timeout: PATIENCE,
    autoSelectFamily: true,
    lookup: (host, _options, answer) => {
      addressesOf(host).then(
        (found) => answer(null, found),
        (error: unknown) => answer(asError(error), []),
      );
    },
  });
  return new Agent({
    maxResponseSize: LONGEST,
    headersTimeout: PATIENCE,
    bodyTimeout: PATIENCE,
    // No connection is used again: the other side may be closing it just then, and the sign-in would fail.
    pipelining: 0,
    connect(options, answer) {
      addressesOf(options.hostname).then(
        () => connect(options, answer),
        (error: unknown) => answer(asError(error), null),
      );
    },
  });
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
