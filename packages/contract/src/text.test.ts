import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asciiAddress,
  domainName,
  emailAddress,
  exactLine,
  label,
  Labels,
  line,
  newEmailAddress,
  opaque,
  prose,
} from './text.ts';

const ok = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown): boolean =>
  schema.safeParse(value).success;
const anyText = fc.string({ unit: 'binary', maxLength: 30 });

describe('text', () => {
  it('counts characters, not UTF-16 units', () => {
    expect(ok(line(3), '🎩🎩🎩')).toBe(true);
    expect(ok(line(3), '🎩🎩🎩🎩')).toBe(false);
    expect(ok(line(3), '')).toBe(false);
  });

  it('on one line never contains a control character, a line break, a bidirectional override or a lone surrogate', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (!ok(line(100), text)) return;
        expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
    for (const bad of ['a\nb', 'a\rb', '\u0000', '\u202e', '\ud800']) expect(ok(line(9), bad)).toBe(false);
  });

  it('is normalized to NFC, unless it is stored unchanged', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = line(100).safeParse(text);
        if (parsed.success) expect(parsed.data).toBe(text.normalize('NFC'));
        const exact = exactLine(100).safeParse(text);
        if (exact.success) expect(exact.data).toBe(text);
      }),
    );
    expect(line(4).parse('Zoe\u0308s')).toBe('Zo\u00EBs');
    expect(prose(9).parse('e\u0308\n')).toBe('\u00EB\n');
    expect(Labels.parse({ ['e\u0308']: 'e\u0308' })).toEqual({ '\u00EB': '\u00EB' });
  });

  it('of an email address accepts international domains, and stores them in ASCII', () => {
    const addresses = ['ada@bücher.example', 'ada@BÜCHER.example', 'ada@例え.テスト', 'ada@bu\u0308cher.example'];
    expect(addresses.map((text) => emailAddress.parse(text))).toEqual([
      'ada@xn--bcher-kva.example',
      'ada@xn--bcher-kva.example',
      'ada@xn--r8jz45g.xn--zckzah',
      'ada@xn--bcher-kva.example',
    ]);
    for (const bad of ['zoë@example.org', 'ada@', '@bücher.example', 'ada@bü cher.example', 'ada@bücher.example/x'])
      expect([bad, ok(emailAddress, bad)]).toEqual([bad, false]);
    expect(domainName.parse('bücher.example')).toBe('xn--bcher-kva.example');
    expect([64, 65].map((length) => ok(newEmailAddress, `${'a'.repeat(length)}@example.org`))).toEqual([true, false]);
  });

  it('stacks no more than 30 combining marks', () => {
    expect(ok(line(100), `a${'\u0301\u0323'.repeat(15)}`)).toBe(true);
    expect(ok(line(100), `a${'\u0301\u0323'.repeat(16)}`)).toBe(false);
    expect(ok(prose(100), `a${'\u0301\u0323'.repeat(16)}`)).toBe(false);
  });

  it('of a name is visible, and hides nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = label(100).safeParse(text);
        if (!parsed.success) return;
        expect(parsed.data).toMatch(/[\p{L}\p{N}\p{P}\p{S}]/u);
        expect(parsed.data).not.toMatch(/[\p{Co}\p{Noncharacter_Code_Point}]/u);
      }),
    );
  });

  it('of a name may contain keycaps and regional flags', () => {
    const england = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}';
    expect(['1\uFE0F\u20E3', '#\uFE0F\u20E3', england].map((text) => ok(label(20), `ada ${text}`))).toEqual([
      true,
      true,
      true,
    ]);
    const hidden = ['1\uFE0F', 'a\uFE0F\u20E3', 'ada\u{E0067}\u{E0062}\u{E0065}\u{E007F}', england.slice(0, -2)];
    expect(hidden.map((text) => ok(label(20), text))).toEqual([false, false, false, false]);
  });

  it('that people retype does not begin or end with a space', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (ok(label(100), text)) expect(text).toBe(text.trim());
      }),
    );
    expect(['name', ' name', 'name ', 'two words'].map((text) => ok(label(100), text))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('may contain line breaks if it is multi-line, and anything but NUL if it is opaque', () => {
    expect(ok(prose(20), 'first\nsecond')).toBe(true);
    expect(ok(prose(20), 'a\u0007b')).toBe(false);
    expect(ok(opaque(20), 'a\u0007b')).toBe(true);
    expect(ok(opaque(20), 'a\u0000b')).toBe(false);
    expect(ok(opaque(3), '🎩🎩🎩')).toBe(true);
  });

  it('of labels is limited in number', () => {
    const labels = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, 'v']));
    expect(ok(Labels, labels(64))).toBe(true);
    expect(ok(Labels, labels(65))).toBe(false);
  });
});

it.each<readonly [string, string]>([
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['Ada.B@BÜCHER.example', 'Ada.B@xn--bcher-kva.example'],
  ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
  ['ada@例え。テスト', 'ada@xn--r8jz45g.xn--zckzah'],
  ['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
  ['ada@Example.org', 'ada@Example.org'],
  ['"a@b"@bücher.example', '"a@b"@xn--bcher-kva.example'],
  ...['ada@bücher.example/x', 'ada@bücher.example:25', 'ada@ü%2e.example', 'bücher', '', '@'].map(
    (text) => [text, text] as const,
  ),
])('converts the domain of %j to ASCII: %j', (given, ascii) => {
  expect(asciiAddress(given)).toBe(ascii);
});
