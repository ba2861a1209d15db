import { GatehouseError } from '@gatehouse/contract/errors';
import type { JsonSchema } from './schema.ts';

/** Names and values, decoded, in the order they were sent. */
type Pair = [name: string, value: string];

/**
 * `application/x-www-form-urlencoded` as the URL standard has it, but strict: what is not valid percent-encoded UTF-8
 * is refused, where URLSearchParams would put U+FFFD.
 */
function pairsOf(query: string): Pair[] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? [decode(part), ''] : [decode(part.slice(0, equals)), decode(part.slice(equals + 1))];
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new GatehouseError('malformed_request', 'The query string has a broken percent-encoding.');
  }
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;

/** A value as its parameter's schema means it. What does not fit stays the string it is, for the schema to refuse. */
function coerce(schema: JsonSchema | undefined, value: string): unknown {
  switch (schema?.type) {
    case 'integer':
      return INTEGER.test(value) ? Number(value) : value;
    case 'number':
      return NUMBER.test(value) ? Number(value) : value;
    case 'boolean':
      return value === 'true' || value === 'false' ? value === 'true' : value;
    default:
      return value;
  }
}

export type QueryInput = {
  input: Record<string, unknown>;
  /** Parameters that the call does not have. */
  unknown: string[];
};

/**
 * Query parameters as the input of a call. A repeated name makes an array where the schema has one and is refused
 * elsewhere (400); `name[key]=value` fills an object. Everything else that is wrong is left to the call's own schema.
 */
export function readQuery(query: string, parameters: Record<string, JsonSchema>): QueryInput {
  // Without a prototype: `__proto__` is a name like any other.
  const input: Record<string, unknown> = { __proto__: null };
  const unknown = new Set<string>();
  for (const [name, value] of pairsOf(query)) {
    const member = memberOf(name, parameters);
    const schema = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (member) addMember(input, member, value);
    else if (!schema) unknown.add(name);
    else if (schema.type === 'array') input[name] = [...listAt(input, name), coerce(schema.items, value)];
    else if (name in input) throw repeated(name);
    else input[name] = coerce(schema, value);
  }
  return { input, unknown: [...unknown] };
}

type Member = { name: string; key: string; schema: JsonSchema | undefined };

/** `labels[plan]` of an object parameter `labels`. */
function memberOf(name: string, parameters: Record<string, JsonSchema>): Member | null {
  const [, outer = '', key = ''] = /^([^[]+)\[(.*)\]$/s.exec(name) ?? [];
  const schema = Object.hasOwn(parameters, outer) ? parameters[outer] : undefined;
  // zod leaves `__proto__` out of a record without a word, which would make a filter no filter.
  return schema?.type === 'object' && key !== '__proto__'
    ? { name: outer, key, schema: schema.additionalProperties }
    : null;
}

function addMember(input: Record<string, unknown>, { name, key, schema }: Member, value: string): void {
  const held = input[name] ?? { __proto__: null };
  if (typeof held !== 'object' || held === null || key in held) throw repeated(`${name}[${key}]`);
  input[name] = Object.assign(held, { [key]: coerce(schema, value) });
}

const listAt = (input: Record<string, unknown>, name: string): unknown[] => {
  const held = input[name];
  return Array.isArray(held) ? held : [];
};

const repeated = (name: string): GatehouseError =>
  new GatehouseError('malformed_request', `The query parameter ${name} is given more than once.`);
