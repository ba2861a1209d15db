import { GatehouseError } from '@gatehouse/contract/errors';
import { shortened } from '@gatehouse/core/kernel/use-case';
import { pairsOf } from '../http/urlencoded.ts';
import type { JsonSchema } from './schema.ts';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;

/**
 * Converts a value to the type in its schema. A value that does not fit stays a string, which the schema then rejects.
 */
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
  /** Parameters that the call does not define. */
  unknown: string[];
};

/**
 * Reads query parameters as the input of a call. A repeated name fills an array, and is an error (400) for other types.
 * `name[key]=value` fills an object. The schema of the call reports all other errors.
 */
export function readQuery(query: string, parameters: Record<string, JsonSchema>): QueryInput {
  // Without a prototype, `__proto__` is an ordinary name.
  const input: Record<string, unknown> = { __proto__: null };
  const unknown = new Set<string>();
  for (const [name, value] of pairsOf(query, 'query string')) {
    const member = memberOf(name, parameters);
    const schema = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (member) addMember(input, member, value);
    else if (!schema) unknown.add(name);
    else if (schema.type === 'array') addItem(input, name, coerce(schema.items, value));
    else if (name in input) throw repeated(name);
    else input[name] = coerce(schema, value);
  }
  return { input, unknown: [...unknown] };
}

type Member = { name: string; key: string; schema: JsonSchema | undefined };

/** Splits `labels[plan]` if `labels` is an object parameter. */
function memberOf(name: string, parameters: Record<string, JsonSchema>): Member | null {
  const [, outer = '', key = ''] = /^([^[]+)\[(.*)\]$/s.exec(name) ?? [];
  const schema = Object.hasOwn(parameters, outer) ? parameters[outer] : undefined;
  // zod silently drops `__proto__` from a record, which would drop the filter.
  return schema?.type === 'object' && key !== '__proto__'
    ? { name: outer, key, schema: schema.additionalProperties }
    : null;
}

function addMember(input: Record<string, unknown>, { name, key, schema }: Member, value: string): void {
  const held = input[name] ?? { __proto__: null };
  if (typeof held !== 'object' || held === null || key in held) throw repeated(`${name}[${key}]`);
  input[name] = Object.assign(held, { [key]: coerce(schema, value) });
}

function addItem(input: Record<string, unknown>, name: string, item: unknown): void {
  const held = input[name];
  if (Array.isArray(held)) held.push(item);
  else input[name] = [item];
}

const repeated = (name: string): GatehouseError =>
  new GatehouseError('malformed_request', `The query parameter ${shortened(name, 200)} appears more than once.`);
