import { readPartialEnvironment } from '@gatehouse/process/environment';
import { failureLine } from './failure-line.ts';
import { prepareDatabase } from './prepare-database.ts';
import { settingLines } from './setting-lines.ts';
import { StartError } from '@gatehouse/process/start-error';

const usage = `Usage: npm run migrate

Applies the migrations to the database of DATABASE_URL. You can run it repeatedly, and on several machines at once.

Environment (other settings are checked as well if they are set):
${settingLines(['DATABASE_URL', 'DATABASE_DIRECT_URL', 'NODE_EXTRA_CA_CERTS'])}`;

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
  if (args.length > 0) throw new StartError(`Unknown argument "${args.join(' ')}". See npm run migrate -- --help.`);
  const env = readPartialEnvironment(process.env);
  const databaseUrl = env.DATABASE_DIRECT_URL ?? env.DATABASE_URL;
  if (databaseUrl === undefined) {
    throw new StartError('DATABASE_URL is required. Set it to the connection string of the database to migrate.');
  }
  const log = (line: string) => process.stdout.write(`${line}\n`);
  await prepareDatabase({ databaseUrl, log });
  log('The database is up to date.');
}
