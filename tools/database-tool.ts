import { readPartialEnvironment } from '@gatehouse/process/environment';
import { StartError } from '@gatehouse/process/start-error';
import { failureLine } from './failure-line.ts';
import { settingLines } from './setting-lines.ts';

type Tool = {
  /** As after `npm run`. */
  name: string;
  usage: string;
  options?: readonly string[];
  /** Returns the exit code. */
  run(databaseUrl: string, given: ReadonlySet<string>): Promise<number>;
};

const ENVIRONMENT = `Environment (other settings are checked as well if they are set):
${settingLines(['DATABASE_URL', 'DATABASE_DIRECT_URL', 'NODE_EXTRA_CA_CERTS'])}`;

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a program that maintains the database of DATABASE_URL, and ends the process. */
export async function runDatabaseTool(tool: Tool): Promise<never> {
  try {
    process.exit(await run(tool, process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${failureLine(error)}\n`);
    process.exit(1);
  }
}

async function run(tool: Tool, args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    say(`${tool.usage}\n\n${ENVIRONMENT}`);
    return 0;
  }
  const unknown = args.filter((argument) => !tool.options?.includes(argument));
  if (unknown.length > 0)
    throw new StartError(`Unknown argument "${unknown.join(' ')}". See npm run ${tool.name} -- --help.`);
  const env = readPartialEnvironment(process.env);
  const databaseUrl = env.DATABASE_DIRECT_URL ?? env.DATABASE_URL;
  if (databaseUrl === undefined)
    throw new StartError('DATABASE_URL is required. Set it to the connection string of the database.');
  return tool.run(databaseUrl, new Set(args));
}
