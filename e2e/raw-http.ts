import { listen as listenOn } from '@gatehouse/testing/listen';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Names and values in the order and spelling in which they are sent. */
export type Fields = [name: string, value: string][];

type Sent = { method?: string; path?: string; fields?: Fields; body?: string; trailers?: Fields };
export type ReceivedRequest = { method: string; url: string; fields: Fields; body: string; trailers: Fields };
export type Response = { status: number; fields: Fields; body: string };

/** Sends a request unchanged: only Host is added, and nothing is joined, sorted or resolved. */
export async function send(port: number, sent: Sent = {}): Promise<Response> {
  const { method = 'GET', path = '/', fields = [], body, trailers = [] } = sent;
  const headers = [['Host', 'api.test'], ...fields].flat();
  const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    asked.once('response', resolve).once('error', reject),
  );
  if (body !== undefined) asked.write(body);
  if (trailers.length > 0) asked.addTrailers(trailers);
  asked.end();
  const answer = await answered;
  return { status: answer.statusCode ?? 0, fields: fieldsOf(answer.rawHeaders), body: await text(answer) };
}

/** Sends raw bytes and returns the first line of the response. The bytes must contain `Connection: close`. */
export async function sendBytes(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  // Not `end`, because servers treat a half-closed connection as a client that has disconnected.
  socket.write(bytes);
  const answer = await text(socket);
  return answer.split('\r\n')[0] ?? '';
}

export type Listener = AsyncDisposable & { address: string; received: ReceivedRequest[] };
type Answer = { status: number; fields?: Fields; body?: string };

/** Starts a server that records requests and answers them with `answer`. */
export async function listen(answer: (received: ReceivedRequest) => Answer | Promise<Answer>): Promise<Listener> {
  const received: ReceivedRequest[] = [];
  const server = createServer((req, res) => {
    const reply = async (): Promise<void> => {
      const body = await text(req);
      const seen = {
        method: req.method ?? '',
        url: req.url ?? '',
        fields: fieldsOf(req.rawHeaders),
        body,
        trailers: fieldsOf(req.rawTrailers),
      };
      received.push(seen);
      const { status, fields = [], body: answered = '' } = await answer(seen);
      res.writeHead(status, fields.flat()).end(answered);
    };
    reply().catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  const port = await listenOn(server);
  return { address: `127.0.0.1:${String(port)}`, received, [Symbol.asyncDispose]: () => close(server) };
}

/** The values of a header, whose name is case-insensitive. */
export const valuesOf = (fields: Fields, name: string): string[] =>
  fields.filter(([field]) => field.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

const fieldsOf = (raw: string[]): Fields =>
  raw.flatMap((name, index): Fields => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
