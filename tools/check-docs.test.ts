import { readFileSync } from 'node:fs';
import { ERRORS } from '@gatehouse/contract/errors';
import { describe, expect, test } from 'vitest';
import { compareSettings, findDead } from './check-docs.ts';

const files = new Set(['apps/api/src/main.ts', 'apps', 'docs/other.md', 'docs', 'docs/page.md']);
const repository = {
  exists: (path: string) => files.has(path),
  read: (path: string) => (path === 'docs/other.md' ? '# One heading, two' : undefined),
  scripts: new Set(['check']),
};
const findings = (text: string) => findDead({ path: 'docs/page.md', text }, repository);

describe('a reference in a document', () => {
  test.each([
    '`apps/api/src/main.ts`, or apps/. And docs/other.md.',
    '```sh\nnode_modules/.bin/node apps/api/src/main.ts\n```',
    '[other](other.md), [its heading](other.md#one-heading-two), [here](#mine) and [up](../apps/api/src/main.ts)\n## Mine',
    '[elsewhere](https://example.org/docs/nothing.md)',
    'See `/docs/nothing` and `$GATEHOUSE/docs/nothing`.',
    'npm run check',
  ])('is accepted if it exists: %s', (text) => {
    expect(findings(text)).toEqual([]);
  });

  test.each([
    ['`apps/api/src/gone.ts`', 'no such path: apps/api/src/gone.ts'],
    ['```sh\nnode apps/gone.ts\n```', 'no such path: apps/gone.ts'],
    ['[gone](gone.md)', 'no such file: gone.md'],
    ['[other](other.md#gone)', 'no such heading: other.md#gone'],
    ['[here](#gone)', 'no such heading: #gone'],
    ['`npm run gone`', 'no such script: npm run gone'],
  ])('is reported if it does not exist: %s', (text, finding) => {
    expect(findings(text)).toEqual([`docs/page.md: ${finding}`]);
  });
});

describe('the table of settings', () => {
  const PORT = { name: 'PORT', default: '3000' };
  const HOST = { name: 'HOST', default: null };
  const readme = (text: string) => ({ path: 'README.md', text });

  test('passes if it matches the code', () => {
    const table = readme('| `PORT` | start: a free one; else `3000` | where |\n| `HOST` | | where |');
    expect(compareSettings(table, [PORT, HOST])).toEqual([]);
  });

  test('is reported with the settings that it or the code lacks', () => {
    expect(compareSettings(readme('| `HOST` | |'), [PORT])).toEqual([
      'README.md: the table of settings does not list PORT',
      'README.md: no program reads HOST',
    ]);
  });

  test('is reported if a default differs', () => {
    expect(compareSettings(readme('| `PORT` | `80` |'), [PORT])).toEqual(['README.md: the default of PORT is `3000`']);
  });
});

test('the table of errors matches the code', () => {
  const text = readFileSync(new URL('../docs/api-design.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (\d{3}) +\| (.*?) *\|$/gm)];
  expect(rows.map(([, code, status, title]) => [code, { status: Number(status), title }])).toEqual(
    Object.entries(ERRORS),
  );
});
