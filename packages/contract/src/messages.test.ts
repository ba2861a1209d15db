import { expect, it } from 'vitest';
import { z } from 'zod';
import { ListApprovalsInput } from './approval.ts';
import { InviteDeveloperInput } from './developer.ts';
import { CreateTokenInput } from './token.ts';

const messages = (schema: z.ZodType, value: unknown): Record<string, string> =>
  Object.fromEntries(
    (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => [path.join('/') || '/', message]),
  );

it('says "Required" for an absent field, and names the expected JSON type for a wrong one', () => {
  expect(messages(InviteDeveloperInput, {})).toMatchObject({ portal_id: 'Required', username: 'Required' });
  expect(messages(InviteDeveloperInput, { portal_id: 'x', username: 7, password: null, labels: [] })).toMatchObject({
    username: 'Must be text',
    password: 'Must be text',
    labels: 'Must be an object',
  });
  expect(messages(CreateTokenInput, { kind: 'other', scopes: 'x' })).toMatchObject({
    kind: 'Must be one of admin, portal',
    scopes: 'Must be a list',
  });
});

it('names the bound of a number, a list and a text, and the format of an id', () => {
  expect(messages(ListApprovalsInput, { page: 0, page_size: 501, portal_id: 'x' })).toEqual({
    page: 'Must be at least 1',
    page_size: 'Must be at most 500',
    portal_id: 'Must be a UUID',
  });
  expect(messages(ListApprovalsInput, { page: 1.5 })).toEqual({ page: 'Must be a whole number' });
  expect(messages(z.array(z.string().max(1)), ['abc'])).toEqual({ '0': 'Must have at most 1 character' });
  expect(messages(z.array(z.string()).max(2), ['a', 'b', 'c'])).toEqual({ '/': 'Must have at most 2 items' });
});

it('never shows the messages of the library', () => {
  const anything = z.object({
    a: z.string(),
    b: z.int(),
    c: z.enum(['x', 'y']),
    d: z.literal(true),
    e: z.record(z.string().max(1), z.string()),
    f: z.union([z.string(), z.int()]),
    g: z.iso.datetime(),
    h: z.string().regex(/^x$/),
    i: z.int().multipleOf(5),
    j: z.date(),
  });
  const wrong = { b: 'x', c: 'z', d: false, e: { long: 'x' }, f: [], g: 'now', h: 'y', i: 3, j: 'x' };
  expect(JSON.stringify(messages(anything, wrong))).not.toMatch(/expected|received|invalid|option|pattern/i);
});
