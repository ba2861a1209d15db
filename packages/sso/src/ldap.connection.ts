import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { LdapConfig } from '@gatehouse/contract/login-option-config';
import type { Egress } from '@gatehouse/egress/egress';
import { Client } from 'ldapts';
import { meaning, SERVICE_BIND } from './ldap.errors.ts';
import { askForTls } from './ldap.start-tls.ts';
import { SsoError } from './sso-error.ts';
import { unreached } from './unreached.ts';

/** Bytes that a server may send on a connection. Two entries need far fewer. */
const LONGEST = 65_536;

export type Connection = AsyncDisposable & { client: Client };

/** The address of the host, if the egress guard allows it. */
export const resolve = ({ host }: LdapConfig, egress: Egress): Promise<string> =>
  egress.resolve(host).catch((error: unknown) => {
    throw unreached(error, host);
  });

/** Connects to the address that `resolve` returned. Resolving the host again could return a forbidden address. */
export async function reach({ port, timeout }: LdapConfig, address: string): Promise<Socket> {
  const socket = connectTcp({ host: address, port });
  // Between two steps the socket has no other listener, and an unhandled error event ends the process.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', patience(timeout));
    return socket;
  } catch (error) {
    socket.destroy();
    throw new SsoError('unreachable', 'The LDAP server does not respond at this host and port.', error);
  }
}

/** Secures the connection before any request is sent. */
export async function secure(config: LdapConfig, socket: Socket): Promise<Connection> {
  try {
    if (config.start_tls) await askForTls(socket, patience(config.timeout));
    return clientOver(await shakeHands(config, socket), config);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Without a bind_dn, searches are anonymous. */
export async function bindService({ bind_dn, bind_password }: LdapConfig, client: Client): Promise<void> {
  if (bind_dn !== undefined && bind_password !== undefined)
    await meaning(SERVICE_BIND, client.bind(bind_dn, bind_password));
}

async function shakeHands(config: LdapConfig, socket: Socket): Promise<TLSSocket> {
  const secured = startTls(config, socket);
  secured.on('error', () => undefined);
  try {
    await once(secured, 'secureConnect', patience(config.timeout));
    return secured;
  } catch (error) {
    secured.destroy();
    // Despite its type, this is an error code or null.
    const distrusted: unknown = secured.authorizationError;
    if (typeof distrusted !== 'string') throw new SsoError('unreachable', NO_TLS, error);
    throw new SsoError('bad_certificate', DISTRUSTED[distrusted] ?? UNKNOWN_CA, error);
  }
}

function startTls(config: LdapConfig, socket: Socket): TLSSocket {
  try {
    return connectTls({
      socket,
      host: config.host,
      ...(isIP(config.host) === 0 ? { servername: config.host } : {}),
      rejectUnauthorized: config.ssl_verify,
      ca: config.root_ca_cert,
      cert: config.client_cert,
      key: config.client_key,
    });
  } catch (error) {
    throw new SsoError(
      'misconfigured',
      'root_ca_cert, client_cert or client_key is unreadable. Send them as PEM.',
      error,
    );
  }
}

const NO_TLS =
  'The LDAP server does not use TLS on this port. Set use_ssl for the LDAPS port (636), or start_tls for the LDAP port (389).';
const UNKNOWN_CA =
  'The certificate of the LDAP server is not signed by a trusted authority. Set root_ca_cert to the certificate of your authority.';
const DISTRUSTED: Partial<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of the LDAP server does not match the host.',
  CERT_HAS_EXPIRED: 'The certificate of the LDAP server has expired.',
  CERT_NOT_YET_VALID: 'The certificate of the LDAP server is not valid yet.',
};

/**
 * ldapts reopens a lost connection without TLS, and would send the next password over it. Therefore this client gets
 * one socket and cannot open another.
 */
function clientOver(socket: TLSSocket, { timeout }: LdapConfig): Connection {
  let [unused, left] = [true, LONGEST];
  const client = new Client({
    url: 'ldap://connected',
    timeout: timeout * 1000,
    createConnection() {
      if (!unused || socket.readyState !== 'open') throw new Error('The connection was lost');
      unused = false;
      return socket;
    },
  });
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy(new Error('The response is too long'));
  });
  return {
    client,
    async [Symbol.asyncDispose]() {
      await client.unbind().catch(() => undefined);
      socket.destroy();
    },
  };
}

const patience = (seconds: number): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(seconds * 1000) });
