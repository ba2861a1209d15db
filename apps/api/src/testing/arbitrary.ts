import fc, { type Arbitrary } from 'fast-check';
import type { z } from 'zod';

export type Schema = z.core.JSONSchema.BaseSchema;
type Nested = Schema | boolean | (Schema | boolean)[] | undefined;

const one = (nested: Nested): Schema => (typeof nested === 'object' && !Array.isArray(nested) ? nested : {});

/** Values that fit the schema, as far as a schema tells. */
export function fitting(schema: Schema): Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom<unknown>(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((inner) => fitting(one(inner))));
  const [type, ...others] = [schema.type ?? []].flat();
  if (type === undefined) return fc.jsonValue();
  const { [type]: make } = BY_TYPE;
  return others.length === 0 ? make(schema) : fc.oneof(make(schema), fitting({ ...schema, type: others }));
}

const BY_TYPE: Record<
  'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object',
  (schema: Schema) => Arbitrary<unknown>
> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ minimum = -1000, maximum = 1000 }) =>
    fc.integer({ min: Math.max(minimum, -1000), max: Math.min(maximum, 1000) }),
  number: () => fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  string: text,
  array: ({ items, minItems = 0, maxItems = 5 }) =>
    fc.array(fitting(one(items)), { minLength: minItems, maxLength: Math.min(maxItems, 5) }),
  object: record,
};

function text({ format, pattern, minLength = 0, maxLength = 60 }: Schema): Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
      .map((date) => date.toISOString());
  if (format === 'email') return fc.emailAddress();
  if (format === 'uri') return fc.webUrl();
  if (format === 'hostname') return fc.domain();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) });
}

function record({ properties = {}, required = [], additionalProperties, propertyNames }: Schema): Arbitrary<unknown> {
  const known = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fitting(one(schema))]));
  if (typeof additionalProperties !== 'object') return fc.record(known, { requiredKeys: required });
  return fc.dictionary(text(one(propertyNames)), fitting(additionalProperties), { maxKeys: 3 });
}

const NASTY = [
  '',
  ' ',
  '-1',
  '1e309',
  'null',
  '%00',
  '\0',
  '💥',
  '\u202E',
  '__proto__',
  "' or 1=1--",
  'a'.repeat(5000),
  null,
];

/** Values that no one should send, among some that fit. */
export const wild = (schema: Schema): Arbitrary<unknown> =>
  fc.oneof(
    { weight: 2, arbitrary: fitting(schema) },
    fc.constantFrom(...NASTY),
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
  );
