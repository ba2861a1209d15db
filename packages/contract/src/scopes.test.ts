import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allows, SCOPES } from './scopes.ts';

const scopes = fc.subarray([...SCOPES]);
const scope = fc.constantFrom(...SCOPES);

it('a scope allows only itself, write also allows read, and * allows everything', () => {
  fc.assert(
    fc.property(scopes, scope, (held, asked) => {
      const [resource, verb] = asked.split(':');
      const expected =
        held.includes('*') ||
        held.includes(asked) ||
        (verb === 'read' && held.some((one) => one === `${resource}:write`));
      expect(allows(held, asked)).toBe(expected);
    }),
  );
});
