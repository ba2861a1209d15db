import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '@gatehouse/embedded-postgres/start';
import { createScratchDirectory } from '@gatehouse/testing/scratch-directory';
import * as queue from './queue.ts';
import * as signIn from './sign-in.ts';
import { type Row, tableOf } from './table.ts';
import * as verify from './verify.ts';

const usage = `Usage: npm run bench -- verify|sign-in|queue [--quick]

Compares the real programs with floors (minimal programs that do the same work) under the same load, in turns, on a
separate PostgreSQL. Prints a table with each requirement and whether this machine meets it.

  verify     verification requests of gateways, /gateway/verify (five minutes)
  sign-in    whether calls without a token take equally long for known and unknown accounts, and how
             10,000 wrong passwords slow down other callers (five minutes)
  queue      how finished jobs slow down the queue on PostgreSQL (two minutes)
  --quick    run for a few seconds to check that the benchmark works; ignore its figures
  --help     show this help`;

type Options = { serverUrl: string; scratch: string; say: (line: string) => void };

const BENCHES = new Map<string, (options: Options, quick: boolean) => Promise<Row[]>>([
  ['verify', (options, quick) => verify.benchVerify({ ...options, size: quick ? verify.QUICK : verify.FULL })],
  ['sign-in', (options, quick) => signIn.benchSignIn({ ...options, size: quick ? signIn.QUICK : signIn.FULL })],
  ['queue', (options, quick) => queue.benchQueue({ ...options, size: quick ? queue.QUICK : queue.FULL })],
]);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(args: string[]): Promise<number> {
  const { help, quick, what } = readArguments(args);
  const bench = what === undefined ? undefined : BENCHES.get(what);
  if (help || !bench) {
    process.stdout.write(`${usage}\n`);
    return help ? 0 : 1;
  }
  await using made = new AsyncDisposableStack();
  const scratch = createScratchDirectory('bench');
  made.defer(() => rmSync(scratch, { recursive: true, force: true }));
  say('Starting PostgreSQL…');
  // Durable as in production, except in a quick run, whose figures do not matter.
  const server = await startEmbeddedPostgres({ dataDir: scratch, ...(quick ? { settings: { fsync: 'off' } } : {}) });
  made.defer(() => server.stop());
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void made.disposeAsync().finally(() => process.exit(1)));
  const rows = await bench({ serverUrl: server.url, scratch, say }, quick);
  say(`\n${tableOf(rows)}\n`);
  say(notes());
  return 0;
}

function readArguments(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h', default: false }, quick: { type: 'boolean', default: false } },
    });
    return { ...values, what: positionals.length === 1 ? positionals[0] : undefined };
  } catch {
    return { help: false, quick: false, what: undefined };
  }
}

const notes =
  (): string => `All figures are medians of alternating rounds: first Gatehouse, then the floor, then their ratio. Higher ratios are better.
CPU is in microseconds per request, of the server and PostgreSQL together. Times are in milliseconds: the response times
of Gatehouse under load; for R14, the time since the response of the change; for sign-in, those of the named call.
The server, PostgreSQL and the load share ${String(availableParallelism())} cores, so ratios are more meaningful than figures, and CPU than requests.
Node ${process.versions.node}.`;

process.exit(await main(process.argv.slice(2)));
