import { z } from 'zod';

type PublishedSchema = z.core.JSONSchema.BaseSchema;

/** For the OpenAPI document: the JSON Schema of each type's config, of which the one named by `provider_type` counts. */
export const configSchemas = (configs: Record<string, z.ZodType>): PublishedSchema[] =>
  Object.entries(configs).map(([title, config]) => {
    const { $schema: _dialect, ...schema } = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' });
    return { title, ...schema };
  });

/** The same for a merge patch (RFC 7396): no field is required, and null goes back to the default. */
export const configPatchSchemas = (configs: Record<string, z.ZodType>): PublishedSchema[] =>
  configSchemas(configs).map(({ required: _all, ...schema }) => ({
    ...schema,
    properties: nullable(schema.properties),
  }));

const nullable = (properties: PublishedSchema['properties'] = {}): NonNullable<PublishedSchema['properties']> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      typeof schema === 'object' ? { anyOf: [schema, { type: 'null' }] } : schema,
    ]),
  );
