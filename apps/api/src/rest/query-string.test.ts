import { GatehouseError } from '@gatehouse/contract/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readQuery } from './query-string.ts';
import { fieldsOf } from './schema.ts';

const fields = fieldsOf(
  z.strictObject({
    page: z.int().optional(),
    ratio: z.number().nullable().optional(),
    big: z.boolean().optional(),
    name: z.string().optional(),
    tags: z.array(z.int()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
);
const read = (query: string) => ({ ...readQuery(query, fields).input });
const codeOf = (query: string): string => {
  try {
    readQuery(query, fields);
    return 'none';
  } catch (error) {
    return error instanceof GatehouseError ? error.code : 'another error';
  }
};

describe('readQuery', () => {
  test.each([
    ['', {}],
    ['&&', {}],
    ['page=12', { page: 12 }],
    ['page=-1', { page: -1 }],
    ['page=1.0', { page: '1.0' }],
    ['page=01', { page: '01' }],
    ['page=+1', { page: ' 1' }],
    ['page=1e3', { page: '1e3' }],
    ['page=0x10', { page: '0x10' }],
    ['page=', { page: '' }],
    ['page', { page: '' }],
    ['ratio=1.5e3', { ratio: 1500 }],
    ['ratio=.5', { ratio: '.5' }],
    ['ratio=NaN', { ratio: 'NaN' }],
    ['big=true', { big: true }],
    ['big=false', { big: false }],
    ['big=1', { big: '1' }],
    ['big=TRUE', { big: 'TRUE' }],
    ['name=a+b%2Bc%20%C3%A9', { name: 'a b+c é' }],
    ['name=a=b', { name: 'a=b' }],
    ['tags=1&tags=2', { tags: [1, 2] }],
    ['tags=1', { tags: [1] }],
    ['labels%5Ba%5D=1&labels[b[c]]=2', { labels: { a: '1', 'b[c]': '2' } }],
  ])('reads %j', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  test.each([
    'name=%',
    'name=%zz',
    'name=%FF',
    '%E0%A4=1',
    'page=1&page=2',
    'labels[a]=1&labels[a]=2',
    'labels=x&labels[a]=1',
    'labels[a]=1&labels=x',
  ])('rejects %j as malformed', (query) => {
    expect(codeOf(query)).toBe('malformed_request');
  });

  test.each(['bogus', 'name[a]', 'tags[]', '__proto__', 'constructor', 'labels[__proto__]', 'labels[a', 'Page'])(
    'reports the unknown parameter %j',
    (name) => {
      expect(readQuery(`${encodeURIComponent(name)}=1`, fields).unknown).toEqual([name]);
    },
  );

  test('reads what a browser writes', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
    const key = text.filter((value) => value !== '__proto__');
    fc.assert(
      fc.property(text, fc.dictionary(key, text, { noNullPrototype: true }), (name, labels) => {
        const query = new URLSearchParams([
          ['name', name],
          ...Object.entries(labels).map(([label, value]) => [`labels[${label}]`, value]),
        ]);
        const expected = { name, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
        expect(JSON.parse(JSON.stringify(read(query.toString())))).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
    );
  });

  test('fails only with malformed_request', () => {
    const part = fc.oneof(
      fc.constantFrom('page', 'labels[a]', 'tags', '=', '&', '%', '%41', '+', '[', ']', '__proto__'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(['none', 'malformed_request']).toContain(codeOf(parts.join('')));
      }),
    );
  });
});
