import { expect, it } from 'vitest';
import { isGatehouseKey } from './verify-format.ts';

const KEY = 'gtk_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp108imt6';

it('distinguishes keys from similar texts', () => {
  expect(isGatehouseKey(KEY)).toBe(true);
  for (const other of [KEY.toLowerCase(), `${KEY}\n`, KEY.replace('gtk_', 'gtk_acme_'), KEY.replace(/6$/, '7'), ''])
    expect(isGatehouseKey(other)).toBe(false);
});
