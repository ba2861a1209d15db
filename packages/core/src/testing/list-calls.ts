import { z } from 'zod';

export type Filters = Record<string, unknown>;
export type Shape = Record<string, z.core.$ZodType>;

/** The values of an enumeration, also if it is optional. */
export function optionsOf(schema: z.core.$ZodType | undefined): unknown[] {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodEnum ? inner.options : [];
}

/** All orders of a list. */
export function ordersOf({ order_by, direction }: Shape): Filters[] {
  if (!direction) return [{}];
  const keys = order_by ? optionsOf(order_by).map((key) => ({ order_by: key })) : [{}];
  return keys.flatMap((key) => [
    { ...key, direction: 'asc' },
    { ...key, direction: 'desc' },
  ]);
}
