import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from './html.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('<', '>', '"', "'", '&', '&amp;', '</p>', '<script>', ' onload=x', '<!--', '`', '${', '\0'))
    .map((parts) => parts.join('')),
);
const meant = (markup: string): string =>
  markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

test('no text becomes markup, and none is lost', () => {
  fc.assert(
    fc.property(nasty, nasty, (one, two) => {
      const markup = html`<p title="${one}">${[html`<b>${two}</b>`, two]}</p>`.toString();
      const [, title = '', bold = '', plain = ''] =
        /^<p title="([^<>"']*)"><b>([^<>"']*)<\/b>([^<>"']*)<\/p>$/.exec(markup) ?? [];
      expect([meant(title), meant(bold), meant(plain)]).toEqual([one, two, two]);
    }),
  );
});

test('nothing is nothing, and what is markup already stays it', () => {
  expect(html`${null}${[]}${0}${html`<i>${'&'}</i>`}`.toString()).toBe('0<i>&amp;</i>');
});

test('every attribute that is filled in stands in quotes', () => {
  const sources = globSync('*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));
  const unquoted = (source: string) => source.match(/\s[\w-]+=\$\{/g) ?? [];
  expect(unquoted('html`<p id=${id}>`')).toHaveLength(1);
  for (const file of sources)
    expect([file, unquoted(readFileSync(`${import.meta.dirname}/${file}`, 'utf8'))]).toEqual([file, []]);
});
