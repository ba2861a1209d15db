import { z } from 'zod';

/**
 * The messages of input errors for schemas without their own. Zod's messages name JavaScript types ("expected string,
 * received undefined"), which mean nothing to the caller of an HTTP API.
 */
function message(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'Required' : `Must be ${typeName(issue.expected)}`;
    case 'invalid_value':
      return `Must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `Must ${bound(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `Must ${bound(issue.origin, 'at most', issue.maximum)}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'Must have the documented format';
    case 'not_multiple_of':
      return `Must be a multiple of ${String(issue.divisor)}`;
    case 'unrecognized_keys':
      return 'Unknown field';
    case 'invalid_union':
      return 'Must have one of the documented forms';
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return 'Must have the documented form';
  }
}

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const typeName = (expected: string): string => TYPES[expected] ?? `of type ${expected}`;

const FORMATS: Record<string, string> = {
  uuid: 'Must be a UUID',
  datetime: 'Must be an ISO 8601 time in UTC with milliseconds',
  url: 'Must be a URL',
  email: 'Must be an email address',
};

const UNITS: Record<string, string> = { string: 'character', array: 'item', set: 'item' };

function bound(origin: string, which: string, limit: number | bigint): string {
  const figure = `${which} ${String(limit)}`;
  const unit = UNITS[origin];
  return unit === undefined ? `be ${figure}` : `have ${figure} ${unit}${Number(limit) === 1 ? '' : 's'}`;
}

z.config({ localeError: message });
