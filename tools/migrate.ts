import { prepareDatabase } from './prepare-database.ts';
import { failureLine } from './failure-line.ts';
import { assertDatabaseUrl, StartError } from './start-settings.ts';

const usage = `Usage: npm run migrate

Brings the database of DATABASE_URL up to date. Safe to run again, and from several machines at once.`;

process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  try {
    await run(args);
    return 0;
  } catch (error) {
    process.stderr.write(`${failureLine(error)}\n`);
    return 1;
  }
}

async function run(args: readonly string[]): Promise<void> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  if (args.length > 0) throw new StartError(`Unknown argument "${args.join(' ')}": see npm run migrate -- --help.`);
  if (databaseUrl === '')
    throw new StartError('DATABASE_URL is required: the connection string of the database to migrate.');
  assertDatabaseUrl(databaseUrl);
  const log = (line: string) => process.stdout.write(`${line}\n`);
  await prepareDatabase({ databaseUrl, log });
  log('The database is up to date.');
}
