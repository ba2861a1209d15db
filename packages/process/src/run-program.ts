import { inspect } from 'node:util';
import { NEEDS_DIRECT_URL, sharesConnections } from '@gatehouse/postgres/pooler';
import { type Logger, pino } from 'pino';
import type { CommonConfig } from './common-config.ts';
import { StartError } from './start-error.ts';

/** `stop` aborts when the process is asked to end. */
export type Shell = { log: Logger; stop: AbortSignal };

type Program<Config> = {
  /** Fields of every log line. */
  logFields: Record<string, string> | null;
  /** Throws `StartError`. */
  readConfig(variables: NodeJS.ProcessEnv): Config;
  /** Tells that it works with `tellReady`, waits with `whenAborted`, and resolves when everything is closed. */
  run(config: Config, shell: Shell): Promise<void>;
};

/** Runs the program until it ends, and then ends the process: with 0 if it was asked to end, with 1 after an error. */
export async function runProgram<Config extends CommonConfig>({
  logFields,
  readConfig,
  run,
}: Program<Config>): Promise<never> {
  try {
    const config = readConfig(process.env);
    const shell = { log: openLog(config.logLevel, logFields), stop: stopSignal() };
    if (await sharesConnections(config.directUrl)) throw new StartError(NEEDS_DIRECT_URL);
    shell.log.info({ settings: config.understood }, 'settings');
    await run(config, shell);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof StartError ? error.message : inspect(error)}\n`);
    process.exit(1);
  }
}

/** Tells the process that started this one, if any. `url`: where it listens. */
export function tellReady(url?: string): void {
  process.send?.({ type: 'ready', ...(url === undefined ? {} : { url }) });
}

export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Aborts on a signal, or when the process that started this one is gone. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, () => stop.abort());
  return stop.signal;
}

/** Writes lines asynchronously, which saves a tenth of the time of a request, and the last ones at the exit. */
function openLog(level: string, base: Record<string, string> | null): Logger {
  const output = pino.destination({ dest: process.stdout.fd, sync: false });
  process.on('exit', () => output.flushSync());
  return pino({ level, base, timestamp: pino.stdTimeFunctions.isoTime }, output);
}
