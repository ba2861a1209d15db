import { XMLParser } from 'fast-xml-parser';
import { SsoError } from './sso-error.ts';

const LISTS =
  'EntitiesDescriptor EntityDescriptor IDPSSODescriptor KeyDescriptor SingleSignOnService X509Data X509Certificate'.split(
    ' ',
  );

const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  alwaysCreateTextNode: true,
  parseTagValue: false,
  ignoreDeclaration: true,
  isArray: (name) => LISTS.includes(name),
});

/** `what` begins the error message. Rejects document types, because they can declare entities. */
export function parseXml(text: string, what: string): unknown {
  if (/<!\s*(DOCTYPE|ENTITY)/i.test(text))
    throw new SsoError('invalid_answer', `${what} contains a document type (DOCTYPE).`);
  try {
    return parser.parse(text, true);
  } catch (error) {
    throw new SsoError('invalid_answer', `${what} is not XML.`, error);
  }
}
