import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiProductAuth } from '@gatehouse/contract/api-product';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import { isId } from '@gatehouse/core/list/ids';

/** What a request that a gateway asks about brought along to show who it is. */
export type Shown =
  | { kind: 'key'; key: string }
  | { kind: 'login'; username: string; password: string }
  | { kind: 'nothing' };

/** The header that carries a key where the product's `auth` names none. */
const KEY_HEADER = 'apikey';

const PREFIX = '/gateway/verify/';
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/** The product that the gateway's own configuration names, and the query string. */
export type Place = { apiProductId: string; query: string };

export function readPlace(url: string): Place {
  const [path, query] = split(url, '?');
  if (!path.startsWith(PREFIX))
    throw new GatehouseError('not_found', 'No such route. Gateways ask /gateway/verify/{api_product_id}.');
  // What follows the id is the path that the client asked for: some gateways (Envoy) append it.
  const [apiProductId, rest] = split(path.slice(PREFIX.length), '/');
  if (!isId(apiProductId)) throw notFound('API product');
  // A proxy that normalizes such a path on the way would let the client choose the product.
  if (rest !== '' && DOT_SEGMENT.test(rest))
    throw new GatehouseError('malformed_request', 'The path must not contain dot segments.');
  return { apiProductId: apiProductId.toLowerCase(), query };
}

/** What stands before and after the first such mark; nothing after it where there is none. */
function split(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The key is looked for in the header that the product names, then in `Authorization` (Bearer: RFC 6750, Basic: RFC
 * 7617), then, only where the product names one, in a query parameter. The first that is there counts.
 */
export function readShown(headers: IncomingHttpHeaders, query: string, auth: ApiProductAuth): Shown {
  const byKey = auth['key-auth'];
  const named = byKey ? readNamed(headers, (byKey.header ?? KEY_HEADER).toLowerCase()) : NOTHING;
  if (named.kind === 'key') return named;
  const authorization = readAuthorization(headers.authorization);
  if (byKey && authorization.kind === 'key') return authorization;
  if (auth['basic-auth'] && authorization.kind === 'login') return authorization;
  return byKey?.query === undefined ? NOTHING : readQuery(headers, query, byKey.query);
}

const NOTHING: Shown = { kind: 'nothing' };

/** A product may name `Authorization` itself: then the key may stand there without a scheme. */
function readNamed(headers: IncomingHttpHeaders, name: string): Shown {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') return NOTHING;
  return name === 'authorization' && value.includes(' ') ? NOTHING : { kind: 'key', key: value };
}

function readAuthorization(header: string | undefined): Shown {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+) *$/i.exec(header ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return { kind: 'key', key: value };
  if (scheme.toLowerCase() === 'basic') return readBasic(value);
  return NOTHING;
}

/** RFC 7617 section 2: the first colon ends the username. The charset is UTF-8; other input is refused. */
function readBasic(value: string): Shown {
  const bytes = Buffer.from(value, 'base64');
  if (!isUtf8(bytes)) return NOTHING;
  const text = bytes.toString();
  const colon = text.indexOf(':');
  if (colon < 1) return NOTHING;
  return { kind: 'login', username: text.slice(0, colon).normalize('NFC'), password: text.slice(colon + 1) };
}

/** Where gateways put the address that the client asked for, if they do not pass its query string on. */
const FORWARDED = ['x-forwarded-uri', 'x-original-uri', 'x-original-url'];

/** A parameter that is given twice is refused, because the API behind might read the other value. */
function readQuery(headers: IncomingHttpHeaders, query: string, name: string): Shown {
  const queries = [query, ...FORWARDED.map((header) => queryOf(headers[header]))];
  const values = queries.map((text) => new URLSearchParams(text).getAll(name)).find(({ length }) => length > 0) ?? [];
  const [key = ''] = values;
  if (key === '') return NOTHING;
  return { kind: 'key', key: values.length === 1 ? key : '' };
}

const queryOf = (address: string | string[] | undefined): string =>
  typeof address === 'string' ? split(address, '?')[1] : '';
