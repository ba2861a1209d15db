import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createScratchDirectory } from '@gatehouse/testing/scratch-directory';
import { CASES } from './cases/index.ts';
import { openData } from './data/open.ts';
import type { Bench, BenchCase, Size } from './harness/bench.ts';
import { startChild } from './harness/child.ts';
import { postmasterOf } from './harness/cpu.ts';
import { NOTES, type Results, writeResults } from './harness/report.ts';
import { type Row, tableOf } from './harness/table.ts';
import { sweep } from './sweep.ts';

const usage = `Usage: npm run bench -- [<case>… | sweep <list>…] [--quick | --smoke] [--developers <number>] [--data <directory>]

Compares the real production programs with floors (minimal programs that do the same work) under the same load, in turns,
on one loaded PostgreSQL. Prints a table with each bar and whether this machine meets it.

Without cases, runs all of them:
${CASES.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join('\n')}

  sweep         instead of cases: measures every list with each filter and order, and fails if a page is too slow.
                At full size, it writes bench/SWEEP.md. With names of lists (developers.list), only these

  --quick        50,000 developers and short slices (five minutes); figures are rough
  --smoke        400 developers and the shortest slices, to check that the benchmark works; ignore the figures
  --developers   size of the data set (1,000,000); a multiple of 100
  --data         directory that keeps the data set: loaded once, then reused (a temporary one)
  --help         show this help

A run at full size writes bench/results.json and the table of bench/RESULTS.md.`;

const FULL: Size = { developers: 1_000_000, rounds: 3, seconds: 2, share: 1 };
const QUICK: Size = { developers: 50_000, rounds: 3, seconds: 0.5, share: 0.2 };
const SMOKE: Size = { developers: 400, rounds: 1, seconds: 0.05, share: 0 };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(args: string[]): Promise<number> {
  const chosen = readArguments(args);
  if (!chosen || chosen.help) {
    say(usage);
    return chosen ? 0 : 1;
  }
  const { size, swept, cases, dataDir } = chosen;
  await using made = new AsyncDisposableStack();
  const temporary = (kind: string): string => {
    const directory = createScratchDirectory(kind);
    made.defer(() => rmSync(directory, { recursive: true, force: true }));
    return directory;
  };
  const scratch = temporary('bench');
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void made.disposeAsync().finally(() => process.exit(1)));
  const { developers } = size;
  const data = made.use(
    await openData({ dataDir: dataDir ?? temporary('bench-data'), developers, durable: size !== SMOKE, say }),
  );
  if (swept) return (await sweep({ ...data, only: swept, say })) ? 0 : 1;
  const { rounds } = size;
  const bench = {
    ...data,
    scratch,
    say,
    size: { ...size, developers: data.developers },
    rounds,
    postmaster: await postmasterOf(data.database),
  };
  const results = await runAll(bench, cases);
  if (size.share === 1 && bench.size.developers >= FULL.developers) writeResults(results);
  say(`\n${tableOf(Object.values(results).flatMap(({ rows }) => rows))}\n`);
  say(NOTES);
  return 0;
}

/** A case that fails does not hide the others. */
async function runAll(bench: Omit<Bench, 'load'>, cases: readonly BenchCase[]): Promise<Results> {
  const results: Results = {};
  for (const { name, run } of cases) {
    const begun = performance.now();
    say(`\n${name}`);
    await using load = await startChild({ script: 'bench/harness/load.ts', output: join(bench.scratch, 'load.log') });
    const rows = await run({ ...bench, load }).catch((error: unknown) => [failureOf(name, error)]);
    say(`${name} took ${((performance.now() - begun) / 1000).toFixed(0)} s.`);
    results[name] = { measured: new Date().toISOString(), rows };
  }
  return results;
}

function failureOf(name: string, error: unknown): Row {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { bar: '', what: `${name} failed`, met: false };
}

function readArguments(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        quick: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
        developers: { type: 'string' },
        data: { type: 'string' },
      },
    });
    const swept = positionals[0] === 'sweep' ? positionals.slice(1) : undefined;
    const cases = positionals.length === 0 ? CASES : CASES.filter(({ name }) => positionals.includes(name));
    if (!swept && cases.length < positionals.length) return undefined;
    const kind = values.smoke ? SMOKE : values.quick ? QUICK : FULL;
    const developers = Number(values.developers ?? kind.developers);
    if (!Number.isInteger(developers / 100) || developers === 0) return undefined;
    const size = values.developers ? { ...kind, developers } : kind;
    return { help: values.help, swept, cases, dataDir: values.data, size };
  } catch {
    return undefined;
  }
}

process.exit(await main(process.argv.slice(2)));
