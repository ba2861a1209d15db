import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOrm } from '@gatehouse/db/orm';
import { allStatements } from '@gatehouse/db/statement';
import { createTestDatabase } from '@gatehouse/testing/database';
import { statementProblems } from '@gatehouse/db/testing/statement-problems';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sources = new Map(
  globSync(['packages/{core,db}/src/**/*.ts', 'apps/{api,worker}/src/**/*.ts'], {
    cwd: root,
    exclude: ['**/*.test.ts', '**/testing/**'],
  }).map((file) => [file, readFileSync(join(root, file), 'utf8')]),
);
/** Test files share their modules with this one, and the names of their statements begin with `test.`. */
const loaded = () => allStatements().filter(({ name }) => !name.startsWith('test.'));
const DEFINITION = /const (\w+) = statement\(/g;

it('PostgreSQL agrees with every statement about its parameters and columns', async () => {
  for (const [file, source] of sources) if (source.match(DEFINITION)) await import(join(root, file));
  await using database = await createTestDatabase();
  const orm = createOrm({ databaseUrl: database.url });
  const pool = await orm.em.getConnection().getNativeClient();
  const problems: Record<string, string[]> = {};
  for (const statement of loaded()) {
    const found = await statementProblems(pool, statement);
    if (found.length > 0) problems[statement.name] = found;
  }
  await orm.close();
  expect(problems).toEqual({});
});

it('every statement is a constant that something uses', () => {
  const unused: string[] = [];
  let count = 0;
  for (const [file, source] of sources) {
    for (const [definition, constant = ''] of source.matchAll(DEFINITION)) {
      count += 1;
      const isExported = source.includes(`export ${definition}`);
      const readers = isExported ? [...sources.values()] : [source];
      // A type, an import and the definition do not run the statement.
      const uses = readers.join('\n').replaceAll(/^(import|} from) .*$|typeof \w+|const \w+ = statement\(/gm, '');
      if (!new RegExp(`\\b${constant}\\b`).test(uses)) unused.push(`${constant} in ${file}`);
    }
  }
  expect(unused).toEqual([]);
  expect(count).toBe(loaded().length);
});
