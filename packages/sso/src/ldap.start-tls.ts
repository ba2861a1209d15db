import { once } from 'node:events';
import type { Socket } from 'node:net';
import { BerReader } from 'ldapts';
import { SsoError } from './sso-error.ts';

/** An ExtendedRequest for 1.3.6.1.4.1.1466.20037 with the message id 1 (RFC 4511, 4.14). */
const REQUEST = Buffer.from('301d02010177188016312e332e362e312e342e312e313436362e3230303337', 'hex');
const EXTENDED_RESPONSE = 0x78;
/** Bytes, far more than the answer has. */
const LONGEST = 4096;

/**
 * Not by ldapts: what it reads before the handshake it goes on to read afterwards, so that whoever is in between could
 * put the beginning of an answer there, and the answer itself, from the server, would be taken for the rest of it.
 */
export async function askForTls(socket: Socket, patience: { signal: AbortSignal }): Promise<void> {
  socket.write(REQUEST);
  const code = await resultCode(socket, patience);
  if (code !== 0)
    throw new SsoError('misconfigured', `The LDAP server refuses StartTLS, with result code ${String(code)}.`);
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
      if (answer.length > LONGEST) throw new Error('The answer is too long');
    }
  } catch (error) {
    throw new SsoError('unreachable', 'The server does not answer StartTLS as an LDAP server does.', error);
  }
}

/** The result code; undefined while the answer is not all there. Throws where it is another answer, or has a tail. */
function parse(answer: Buffer): number | null | undefined {
  const reader = new BerReader(answer);
  if (reader.readSequence(0x30) === null) return undefined;
  const end = reader.offset + reader.length;
  if (answer.length < end) return undefined;
  if (answer.length > end) throw new Error('Something follows the answer');
  if (reader.readInt() !== 1 || reader.readSequence(EXTENDED_RESPONSE) === null) throw new Error('Another answer');
  return reader.readEnumeration();
}
