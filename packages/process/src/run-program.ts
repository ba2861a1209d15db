import { flushCompileCache } from 'node:module';
import { inspect } from 'node:util';
import { NEEDS_DIRECT_URL, sharesConnections } from '@gatehouse/postgres/pooler';
import { type Logger, pino } from 'pino';
import type { CommonConfig } from './common-config.ts';
import { StartError } from './start-error.ts';

/** `stop` aborts when the process is asked to stop. */
export type Shell = { log: Logger; stop: AbortSignal };

type Program<Config> = {
  /** Fields of every log line. */
  logFields: Record<string, string> | null;
  /** Throws `StartError`. */
  readConfig(variables: NodeJS.ProcessEnv): Config;
  /** Calls `tellReady` when it works, waits with `whenAborted`, and resolves when everything is closed. */
  run(config: Config, shell: Shell): Promise<void>;
};

/** Runs the program and exits: with 0 after it was asked to stop, with 1 after an error. */
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

/** Notifies the parent process, if any. `url`: where this process listens. */
export function tellReady(url?: string): void {
  // The next start can then use the compiled code even if this process is killed.
  flushCompileCache();
  process.send?.({ type: 'ready', ...(url === undefined ? {} : { url }) });
}

export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Aborts on a signal, or when the parent process has exited. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, () => stop.abort());
  return stop.signal;
}

/** Writes lines asynchronously, which saves a tenth of the time of a request, and flushes them at exit. */
function openLog(level: string, base: Record<string, string> | null): Logger {
  const output = pino.destination({ dest: process.stdout.fd, sync: false });
  process.on('exit', () => output.flushSync());
  return pino({ level, base, timestamp: pino.stdTimeFunctions.isoTime }, output);
}
