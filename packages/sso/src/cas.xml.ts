import { XMLParser } from 'fast-xml-parser';
import { SsoError } from './sso-error.ts';
import { refuseTooMuch } from './xml-size.ts';

const NAMESPACE = 'http://www.yale.edu/tp/cas';

/** `name`: without its prefix; null where it is not of CAS. `text`: null where there is more inside than text. */
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
  // Of references it leaves those as they are, or leaves them out, that it does not know, so that two names become one.
  processEntities: false,
});

/** The elements at the top. Entities are declared in a document type: none is let in. */
export function parseCasXml(text: string): Element[] {
  refuseTooMuch(text, 'The answer of the CAS server');
  if (/<!\s*(DOCTYPE|ENTITY)/i.test(text))
    throw new SsoError('invalid_answer', 'The response of the CAS server contains a document type (DOCTYPE).');
  try {
    return elementsIn(parser.parse(text, true), new Map());
  } catch (error) {
    throw new SsoError('invalid_answer', 'The response of the CAS server is not XML.', error);
  }
}

/** Namespaces by their prefixes; that of names without one is under ''. */
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
      // What is within a section is in a list once more.
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

/** Refuses what is no reference of XML 1.0, or to no character of it. */
const decode = (text: string): string =>
  text.replaceAll(/&([^;]*);?/g, (reference, name: string) => {
    const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
    const digits = hex ?? decimal;
    const character =
      digits === undefined
        ? NAMED.get(name)
        : String.fromCodePoint(Number.parseInt(digits, hex === undefined ? 10 : 16));
    if (character === undefined || !reference.endsWith(';') || /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(character))
      throw new Error('A reference is not of XML');
    return character;
  });
