import { z } from 'zod';

export type Json = { [name: string]: unknown };

export type Components = {
  /** The schema of a response. A schema with a name (`.meta({ id })`) is stored once and referenced. */
  output(schema: z.ZodType): Json;
  /** The fields of an input. */
  fields(schema: z.ZodObject): { properties: Json; required: string[] };
  /** All named schemas so far, for `#/components/schemas`. */
  named(): Json;
};

type PublishedSchema = z.core.JSONSchema.BaseSchema;

/** Converts zod schemas to JSON Schema, and collects the named ones. */
export function gatherSchemas(): Components {
  const named = new Map<string, unknown>();
  const publish = (schema: z.ZodType, io: 'input' | 'output'): PublishedSchema => {
    const published = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => leaveOpen(jsonSchema, io),
    });
    for (const [id, definition] of Object.entries(published.$defs ?? {})) named.set(id, referToComponents(definition));
    delete published.$defs;
    delete published.$schema;
    return published;
  };
  return {
    output: (schema) => asObject(referToComponents(publish(schema, 'output'))),
    fields(schema) {
      const { properties = {}, required = [] } = publish(schema, 'input');
      return { properties: asObject(referToComponents(properties)), required };
    },
    named: () => Object.fromEntries([...named].toSorted(([a], [b]) => a.localeCompare(b, 'en'))),
  };
}

/** Responses may get more fields in a later version, so clients must accept unknown fields. */
function leaveOpen(schema: PublishedSchema, io: 'input' | 'output'): void {
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties;
}

function referToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referToComponents);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : referToComponents(inner),
    ]),
  );
}

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
