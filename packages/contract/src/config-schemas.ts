import { z } from 'zod';

type PublishedSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schemas of the config of each provider type, for the OpenAPI document. `provider_type` selects the schema. */
export const configSchemas = (configs: Record<string, z.ZodType>): PublishedSchema[] =>
  Object.entries(configs).map(([title, config]) => {
    const { $schema: _dialect, ...schema } = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' });
    return { title, ...schema };
  });

/** The same schemas for a merge patch (RFC 7396): no field is required, and null resets a field to its default. */
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
