import { BlockList, isIP } from 'node:net';
import { addressOf } from './network-of.ts';

/** Whether the address at this hop is a trusted proxy. Hop 0 is the peer of the connection. */
export type Trust = (address: string, hop: number) => boolean;

/** `trusted`: a number of hops, or networks in CIDR notation. Some proxies add a port to the address. */
export function trustedProxies(trusted: number | string[]): Trust {
  if (typeof trusted === 'number') return (_address, hop) => hop < trusted;
  const networks = new BlockList();
  for (const network of trusted) {
    const [address = '', prefix] = network.split('/');
    const family = familyOf(address);
    networks.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return (given) => {
    const address = addressOf(given);
    return isIP(address) !== 0 && networks.check(address, familyOf(address));
  };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
