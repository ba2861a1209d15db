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

Measures the speed of the real programs against floors (the least that does the same work), by turns under the same
load, on a PostgreSQL of its own. Prints a table: what is aimed at, and whether it is met on this machine.

  verify     the gateway's question, /gateway/verify (five minutes)
  sign-in    whether what an attacker may ask takes as long for somebody as for nobody, and what
             10,000 wrong passwords cost others (five minutes)
  queue      what it costs the queue on PostgreSQL to keep many finished jobs (two minutes)
  --quick    a few seconds, to see that it works; the figures mean nothing
  --help     show this`;

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
  // Durable, as it is meant to be run, unless nothing is to be learned from the figures.
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
  (): string => `Ours, then the floor, medians of rounds by turns. req/s: ours, floor, ours ÷ floor. CPU: microseconds per request
of the server and PostgreSQL together; ours, floor, floor ÷ ours. Times in milliseconds: the load's at ours, for R14 from
the answer of the change; of sign-in those of the call that is named. ${String(availableParallelism())} cores, shared by the server, PostgreSQL and the load: the ratios mean more than the
figures, and CPU more than requests. Node ${process.versions.node}.`;

process.exit(await main(process.argv.slice(2)));
