import { SsoError } from './sso-error.ts';

/**
 * A response with 600 groups stays far below these limits. The XML libraries take quadratic time in the number of
 * elements and attributes, and they must parse a response before its signature can be verified.
 */
const [ELEMENTS, SPACES] = [800, 5000];

/**
 * Rejects XML that is slow to parse. It counts instead of parsing, because the libraries disagree on what an attribute
 * is; but every attribute follows a space or a quote. `what` begins the error message.
 */
export function refuseTooMuch(xml: string, what: string): void {
  if (count(xml, /<(?!\/)/g) > ELEMENTS || count(xml, /[\s"']+/g) > SPACES)
    throw new SsoError('invalid_answer', `${what} contains too many elements or attributes.`);
}

const count = (xml: string, what: RegExp): number => xml.match(what)?.length ?? 0;
