import { once } from 'node:events';
import type { Socket } from 'node:net';
import { BerReader } from 'ldapts';
import { SsoError } from './sso-error.ts';

/** An ExtendedRequest for 1.3.6.1.4.1.1466.20037 with the message id 1 (RFC 4511, 4.14). */
const REQUEST = Buffer.from('301d02010177188016312e332e362e312e342e312e313436362e3230303337', 'hex');
const EXTENDED_RESPONSE = 0x78;
/** Bytes. The response needs far fewer. */
const LONGEST = 4096;

/**
 * ldapts would keep unencrypted bytes that it received before the handshake and parse them with the encrypted bytes
 * after it. A man in the middle could then inject the start of a response. This function accepts exactly one response
 * instead.
 */
export async function askForTls(socket: Socket, patience: { signal: AbortSignal }): Promise<void> {
  socket.write(REQUEST);
  const code = await resultCode(socket, patience);
  if (code !== 0)
    throw new SsoError('misconfigured', `The LDAP server rejected StartTLS with result code ${String(code)}.`);
}

async function resultCode(socket: Socket, patience: { signal: AbortSignal }): Promise<number | null> {
  try {
    let answer = Buffer.alloc(0);
    for (;;) {
      await once(socket, 'readable', patience);
      const chunk: unknown = socket.read();
      if (!Buffer.isBuffer(chunk)) throw new Error('The connection was closed');
      answer = Buffer.concat([answer, chunk]);
      const code = parse(answer);
      if (code !== undefined) return code;
      if (answer.length > LONGEST) throw new Error('The response is too long');
    }
  } catch (error) {
    throw new SsoError('unreachable', 'The server did not respond to StartTLS as an LDAP server does.', error);
  }
}

/** The result code; undefined while the response is incomplete. Throws on any other response, and on extra bytes. */
function parse(answer: Buffer): number | null | undefined {
  const reader = new BerReader(answer);
  if (reader.readSequence(0x30) === null) return undefined;
  const end = reader.offset + reader.length;
  if (answer.length < end) return undefined;
  if (answer.length > end) throw new Error('Extra bytes follow the response');
  if (reader.readInt() !== 1 || reader.readSequence(EXTENDED_RESPONSE) === null)
    throw new Error('The response is not the response to StartTLS');
  return reader.readEnumeration();
}
