import { GatehouseError } from '@gatehouse/contract/errors';

/** Decoded names and values in the order of the input. */
export type Pair = [name: string, value: string];

/**
 * Parses `application/x-www-form-urlencoded` by the URL standard, but refuses invalid percent-encoded UTF-8, which
 * `URLSearchParams` would replace by U+FFFD.
 */
export function pairsOf(text: string, what: 'query string' | 'form'): Pair[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part): Pair => {
      const equals = part.indexOf('=');
      return equals < 0
        ? [decode(part, what), '']
        : [decode(part.slice(0, equals), what), decode(part.slice(equals + 1), what)];
    });
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new GatehouseError('malformed_request', `The ${what} contains a percent-encoding that is not valid UTF-8.`);
  }
}

const PRINTABLE = /^[!-~]*$/;

/** Throws `malformed_request` if a request target has non-ASCII characters or invalid percent-encoded UTF-8. */
export function assertReadableTarget({ originalUrl }: { originalUrl: string }): void {
  if (!PRINTABLE.test(originalUrl))
    throw new GatehouseError('malformed_request', 'The URL contains non-ASCII characters. Percent-encode them.');
  const mark = originalUrl.indexOf('?');
  decode(mark < 0 ? originalUrl : originalUrl.slice(0, mark), 'path');
  if (mark >= 0) decode(originalUrl.slice(mark), 'query string');
}
