import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { upwardImports } from './room-order.ts';
import { misplacedUseCases } from './use-case-places.ts';

/** A rule that the linter cannot express. */
interface SourceRule {
  files: readonly string[];
  except: readonly string[];
  forbidden: RegExp;
  message: string;
}

const tests = ['**/*.test.ts', '**/testing/**'];

const rules: readonly SourceRule[] = [
  {
    files: ['packages/core/src/**/*.ts', 'packages/db/src/**/*.ts'],
    except: tests,
    forbidden: /\bnew Date\(\s*\)/,
    message: 'Use the `now` of the context or a parameter, so that tests can set the time.',
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    except: [
      ...tests,
      'packages/core/src/kernel/command.ts',
      'packages/core/src/kernel/record.ts',
      'apps/worker/src/relay/**',
    ],
    forbidden: /\.(flush|transactional|persist)\(|\bem\.(begin|commit)\(/,
    message: 'Write only through `command`, `record` and the relay: other writes are neither authorized nor recorded.',
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    except: [...tests, 'packages/testing/**'],
    forbidden: /from '@gatehouse\/(testing|embedded-postgres)\//,
    message: 'Import this package only in tests: production installs do not have it.',
  },
  {
    files: ['packages/{core,db}/src/**/*.ts', 'apps/*/src/**/*.ts'],
    except: tests,
    forbidden: /\.execute<|\b(em|fork)(\.fork\(\))?\.execute\(/,
    message: 'SQL is a `statement` or goes through `rowsOf`: the tests then compare it with what PostgreSQL says.',
  },
];

const root = join(import.meta.dirname, '..');
const core = globSync('packages/core/src/**/*.ts', { cwd: root, exclude: tests });
const findings = [
  ...rules.flatMap((rule) => filesOf(rule).flatMap((file) => findIn(file, rule))),
  ...core.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    return [...misplacedUseCases(file, source), ...upwardImports(file, source)];
  }),
];
for (const finding of findings) process.stderr.write(`${finding}\n`);
process.exit(findings.length > 0 ? 1 : 0);

function filesOf({ files, except }: SourceRule): string[] {
  return globSync(files, { cwd: root }).filter((file) => !except.some((pattern) => matchesGlob(file, pattern)));
}

function findIn(file: string, { forbidden, message }: SourceRule): string[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const isComment = /^\s*(\/\/|\/?\*)/.test(line);
    return !isComment && forbidden.test(line) ? [`${file}:${String(index + 1)}: ${message}`] : [];
  });
}
