import { XMLParser } from 'fast-xml-parser';
import { SsoError } from './sso-error.ts';
import { refuseTooMuch } from './xml-size.ts';

const NAMESPACE = 'http://www.yale.edu/tp/cas';

/** `name`: without prefix; null outside the CAS namespace. `text`: null if the element contains more than text. */
export type Element = {
  name: string | null;
  text: string | null;
  attributes: ReadonlyMap<string, unknown>;
  children: Element[];
};

const [TEXT, CDATA, ATTRIBUTES] = ['#text', '#cdata', ':@'] as const;
const parser = new XMLParser({
  preserveOrder: true,
  textNodeName: TEXT,
  cdataPropName: CDATA,
  commentPropName: '#comment',
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // The library keeps or drops unknown references, which could make two names equal.
  processEntities: false,
});

/** Returns the top-level elements. Rejects document types, because they can declare entities. */
export function parseCasXml(text: string): Element[] {
  refuseTooMuch(text, 'The response from the CAS server');
  if (/<!\s*(DOCTYPE|ENTITY)/i.test(text))
    throw new SsoError('invalid_answer', 'The response from the CAS server contains a document type (DOCTYPE).');
  try {
    return elementsIn(parser.parse(text, true), new Map());
  } catch (error) {
    throw new SsoError('invalid_answer', 'The response from the CAS server is not XML.', error);
  }
}

/** Namespaces by prefix. The default namespace has the prefix ''. */
type Scope = ReadonlyMap<string, unknown>;
type Node = { tag: string; inside: unknown; attributes: unknown };

const elementsIn = (content: unknown, scope: Scope): Element[] =>
  nodesOf(content)
    .filter(({ tag }) => !tag.startsWith('#'))
    .map((node) => elementOf(node, scope));

function elementOf({ tag, inside, attributes }: Node, outer: Scope): Element {
  const declared = entriesOf(attributes).flatMap(([name, value]): [string, unknown][] => {
    const [found, prefix = ''] = /^xmlns(?::(.*))?$/.exec(name) ?? [];
    return found === undefined ? [] : [[prefix, value]];
  });
  const scope = declared.length === 0 ? outer : new Map([...outer, ...declared]);
  const [, prefix = '', name = ''] = /^(?:([^:]*):)?(.*)$/.exec(tag) ?? [];
  return {
    name: scope.get(prefix) === NAMESPACE ? name : null,
    text: textOf(nodesOf(inside)),
    attributes: new Map(entriesOf(attributes)),
    children: elementsIn(inside, scope),
  };
}

function textOf(nodes: Node[]): string | null {
  if (nodes.some(({ tag }) => tag !== TEXT && tag !== CDATA)) return null;
  return nodes
    .map(({ tag, inside }) => {
      // The parser wraps the content of a CDATA section in another list.
      if (tag === CDATA)
        return nodesOf(inside)
          .map(({ inside: text }) => String(text))
          .join('');
      return decode(String(inside));
    })
    .join('');
}

function nodesOf(content: unknown): Node[] {
  const nodes: unknown[] = Array.isArray(content) ? content : [];
  return nodes.flatMap((node) => {
    const entries = entriesOf(node);
    const attributes = entries.find(([key]) => key === ATTRIBUTES)?.[1];
    return entries.filter(([key]) => key !== ATTRIBUTES).map(([tag, inside]) => ({ tag, inside, attributes }));
  });
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const NAMED = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }));

/** Rejects references that XML 1.0 does not define. */
const decode = (text: string): string =>
  text.replaceAll(/&([^;]*);?/g, (reference, name: string) => {
    const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
    const digits = hex ?? decimal;
    const character =
      digits === undefined
        ? NAMED.get(name)
        : String.fromCodePoint(Number.parseInt(digits, hex === undefined ? 10 : 16));
    if (character === undefined || !reference.endsWith(';') || /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(character))
      throw new Error('The text contains a reference that XML does not define');
    return character;
  });
