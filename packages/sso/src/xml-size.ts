import { SsoError } from './sso-error.ts';

/**
 * Far more than an answer with 600 groups holds. The libraries take time by the square of the elements and attributes,
 * and have to be asked before any signature is verified.
 */
const [ELEMENTS, SPACES] = [800, 5000];

/**
 * Refuses what takes the libraries long to read. Nothing is parsed for it: they differ in what they take for an
 * attribute, but before each there is a space or a quote. `what` begins the message.
 */
export function refuseTooMuch(xml: string, what: string): void {
  if (count(xml, /<(?!\/)/g) > ELEMENTS || count(xml, /[\s"']+/g) > SPACES)
    throw new SsoError('invalid_answer', `${what} contains too many elements or attributes.`);
}

const count = (xml: string, what: RegExp): number => xml.match(what)?.length ?? 0;
