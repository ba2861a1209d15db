import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { EgressError } from './egress-error.ts';

/** Throws `EgressError` unless every address of the host is public or in an allowed network. */
export type Resolve = (host: string) => Promise<[LookupAddress, ...LookupAddress[]]>;

type Cidr = ReturnType<typeof ipaddr.parseCIDR>;

/** `allowedNetworks`: CIDRs or single addresses that are allowed although they are not public. */
export function createResolver(allowedNetworks: readonly string[]): Resolve {
  const allowed = allowedNetworks.map((network) => ipaddr.parseCIDR(withPrefix(network)));
  return async (host) => {
    const [first, ...others] = await lookUp(host);
    if (!first) throw new EgressError('unreachable', `${host} has no address.`);
    if ([first, ...others].every(({ address }) => isAllowed(address, allowed))) return [first, ...others];
    throw new EgressError('address_not_allowed', `${host} has an address that is not public.`);
  };
}

const withPrefix = (network: string): string =>
  network.includes('/') ? network : `${network}/${isIP(network) === 6 ? '128' : '32'}`;

function isAllowed(address: string, allowed: Cidr[]): boolean {
  const parsed = ipaddr.process(address);
  if (isPublic(parsed)) return true;
  return allowed.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
}

/** The only part of IPv6 that is assigned publicly. Other parts embed IPv4 addresses in many forms. */
const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');
const isPublic = (address: Cidr[0]): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(GLOBAL));

async function lookUp(host: string): Promise<LookupAddress[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) > 0) return [{ address: bare, family: isIP(bare) }];
  try {
    return await lookup(bare, { all: true, order: 'ipv4first' });
  } catch (error) {
    throw new EgressError('unreachable', `${host} cannot be resolved by DNS.`, error);
  }
}
