import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GatehouseError } from '@gatehouse/contract/errors';
import { problemOf } from '@gatehouse/contract/problem';

/** Milliseconds for the client to read the response. Destroying the connection immediately could reset it first. */
const LINGER = 500;

/** Responds to an invalid HTTP request with a problem document, and closes the connection. */
export function refuseConnection({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writableEnded || socket.destroyed) return;
  const lingering = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(lingering));
  const { status, headers, body } = replyTo(refusalOf(code));
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${fields.join('')}\r\n${body}`);
}

/** RFC 9112 section 3.2. */
export function refuseHost(res: ServerResponse): void {
  const { status, headers, body } = replyTo(new GatehouseError('malformed_request', 'Send exactly one Host header.'));
  res.writeHead(status, headers).end(body);
}

function replyTo(error: GatehouseError) {
  const requestId = randomUUID();
  const problem = problemOf(error, { instance: '/', requestId });
  const body = JSON.stringify(problem);
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Request-Id': requestId,
    'Cache-Control': 'no-store',
    Connection: 'close',
  };
  return { status: problem.status, headers, body };
}

function refusalOf(code: string | undefined): GatehouseError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatehouseError('request_timeout', 'The request did not arrive in time. Send it again.');
    case 'HPE_HEADER_OVERFLOW':
      return new GatehouseError(
        'headers_too_large',
        'The request line and headers must not exceed 16 KiB. Send fewer or shorter cookies.',
      );
    default:
      return new GatehouseError('malformed_request', 'The request is not valid HTTP/1.1.');
  }
}
