import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiProductAuth } from '@gatehouse/contract/api-product';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { isId } from '@gatehouse/core/list/ids';

/** The credential of the request that a gateway asks about. */
export type Credential = { kind: 'key'; key: string } | { kind: 'login'; username: string; password: string };

/** The header that carries a key if the product's `auth` names none. */
const KEY_HEADER = 'apikey';

const PREFIX = '/gateway/verify/';
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/** The product that the gateway's configuration names, and the query string. */
export type Target = { apiProductId: string; query: string };

export function readTarget(url: string): Target {
  const [path, query] = split(url, '?');
  if (!path.startsWith(PREFIX))
    throw new GatehouseError('not_found', 'No route for this path. Gateways ask /gateway/verify/{api_product_id}.');
  // Some gateways (Envoy) append the path that the client asked for.
  const [apiProductId, rest] = split(path.slice(PREFIX.length), '/');
  if (!isId(apiProductId)) throw notFound('API product');
  // A proxy that normalizes such a path on the way would let the client choose the product.
  if (rest !== '' && DOT_SEGMENT.test(rest))
    throw new GatehouseError('malformed_request', 'The path must not contain dot segments.');
  return { apiProductId: apiProductId.toLowerCase(), query };
}

/** The text before and after the first `mark`; without one, all of it is before. */
function split(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Takes the credential from the header that the product names, else from `Authorization` (Bearer: RFC 6750, Basic: RFC
 * 7617), else, if the product names one, from a query parameter. Null if the request has none that the product accepts.
 */
export function extractCredential(
  headers: IncomingHttpHeaders,
  query: string,
  auth: ApiProductAuth,
): Credential | null {
  const byKey = auth['key-auth'];
  const named = byKey ? readNamed(headers, (byKey.header ?? KEY_HEADER).toLowerCase()) : null;
  if (named) return named;
  const authorization = readAuthorization(headers.authorization);
  if (byKey && authorization?.kind === 'key') return authorization;
  if (auth['basic-auth'] && authorization?.kind === 'login') return authorization;
  return byKey?.query === undefined ? null : readQuery(headers, query, byKey.query);
}

/** A product may name `Authorization` itself; it then accepts a key without a scheme. */
function readNamed(headers: IncomingHttpHeaders, name: string): Credential | null {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') return null;
  return name === 'authorization' && value.includes(' ') ? null : { kind: 'key', key: value };
}

function readAuthorization(header: string | undefined): Credential | null {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+) *$/i.exec(header ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return { kind: 'key', key: value };
  if (scheme.toLowerCase() === 'basic') return readBasic(value);
  return null;
}

/** RFC 7617 section 2: the first colon ends the username. The charset is UTF-8; other input is refused. */
function readBasic(value: string): Credential | null {
  const bytes = Buffer.from(value, 'base64');
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString();
  const colon = text.indexOf(':');
  if (colon < 1) return null;
  return { kind: 'login', username: text.slice(0, colon).normalize('NFC'), password: text.slice(colon + 1) };
}

/** Headers in which gateways that drop the query string pass on the address that the client asked for. */
const FORWARDED = ['x-forwarded-uri', 'x-original-uri', 'x-original-url'];

/** A parameter that is given twice is refused, because the API behind might read the other value. */
function readQuery(headers: IncomingHttpHeaders, query: string, name: string): Credential | null {
  const queries = [query, ...FORWARDED.map((header) => queryOf(headers[header]))];
  const values = queries.map((text) => new URLSearchParams(text).getAll(name)).find(({ length }) => length > 0) ?? [];
  const [key = ''] = values;
  if (key === '') return null;
  return { kind: 'key', key: values.length === 1 ? key : '' };
}

const queryOf = (address: string | string[] | undefined): string =>
  typeof address === 'string' ? split(address, '?')[1] : '';
