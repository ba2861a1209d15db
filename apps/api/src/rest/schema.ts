import { z } from 'zod';

/** The part of JSON Schema that matters for query parameters. */
export type JsonSchema = {
  type: string | undefined;
  items: JsonSchema | undefined;
  additionalProperties: JsonSchema | undefined;
};

/** The fields of an input, with what is needed to read them from a query string. */
export function fieldsOf(input: z.ZodObject): Record<string, JsonSchema> {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, simplify(schema)]));
}

type PublishedSchema = z.core.JSONSchema.BaseSchema;

function simplify(schema: PublishedSchema | boolean): JsonSchema {
  if (typeof schema === 'boolean') return { type: undefined, items: undefined, additionalProperties: undefined };
  const { type, items, additionalProperties } = present(schema);
  return {
    type: onlyOf([type ?? []].flat().filter((one) => one !== 'null')),
    items: items === undefined || Array.isArray(items) ? undefined : simplify(items),
    additionalProperties: additionalProperties === undefined ? undefined : simplify(additionalProperties),
  };
}

/** A query string cannot express null, so "X or null" becomes X. */
function present(schema: PublishedSchema): PublishedSchema {
  const only = onlyOf((schema.anyOf ?? []).filter((one) => typeof one === 'object' && one.type !== 'null'));
  return typeof only === 'object' ? only : schema;
}

const onlyOf = <T>([first, ...more]: readonly T[]): T | undefined => (more.length === 0 ? first : undefined);
