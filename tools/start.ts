import { addressOf } from '@gatehouse/process/address';
import { prepareDataDirectory } from '@gatehouse/process/data-directory';
import { prepareDatabase } from './prepare-database.ts';
import { type AppProcess, startApp } from './app-process.ts';
import { banner } from './banner.ts';
import { failureLine } from './failure-line.ts';
import { prepareFirstStart } from './first-start.ts';
import { usablePort } from './free-port.ts';
import { readOrMakeSecret } from './secret-file.ts';
import { externalDatabase, openEmbeddedDatabase, type StartDatabase } from './start-database.ts';
import { readStartArguments, readStartSettings, type StartSettings, startUsage } from './start-settings.ts';
import { StartError } from '@gatehouse/process/start-error';

/** Milliseconds until a start without readiness counts as failed. */
const readyPatience = 60_000;
/** Milliseconds in which the api of a killed start exits and frees the port. */
const portPatience = 3000;

const stopRequest = new AbortController();
// Not `once`: the terminal and npm both send Ctrl-C, and the second signal must not end this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopRequest.abort());
// The terminal can close before this process exits.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

process.exit(await main());

async function main(): Promise<number> {
  try {
    const args = readStartArguments(process.argv.slice(2));
    if (args.help) {
      say(startUsage);
      return 0;
    }
    return await start(readStartSettings(process.env, args), args.newAdminToken);
  } catch (error) {
    if (stopRequest.signal.aborted) return 0;
    complain(failureLine(error));
    return 1;
  }
}

/** Runs until the user or a failure ends it, stops all processes, and returns the exit code. */
async function start(settings: StartSettings, newAdminToken: boolean): Promise<number> {
  await using cleanUp = new AsyncDisposableStack();
  if (needsDataDir(settings)) prepareDataDirectory(settings.dataDir);
  const database = await openDatabase(settings);
  cleanUp.defer(() => database.close());
  stopRequest.signal.throwIfAborted();
  const port = await usablePort(settings, database.adopted ? portPatience : 0);
  const publicUrl = settings.publicUrl ?? addressOf(settings.host, port);

  const secret = settings.secret ?? readOrMakeSecret(settings.dataDir);
  const directUrl = settings.directUrl ?? database.url;
  await applyMigrations(directUrl);
  stopRequest.signal.throwIfAborted();
  const { portal, adminToken } = await prepareFirstStart({
    databaseUrl: database.url,
    settings: { ...settings, secret, publicUrl },
    adminToken: settings.hasAdminToken ? 'given' : newAdminToken ? 'new' : 'first',
    log: say,
  });
  stopRequest.signal.throwIfAborted();

  say('Starting the api and the worker…');
  const env = childEnvironment(settings, { port, publicUrl, databaseUrl: database.url, directUrl, secret });
  const api = startApp('api', env);
  const worker = startApp('worker', env);
  cleanUp.defer(async () => {
    if (stopRequest.signal.aborted) say('Stopping…');
    await Promise.all([api.stop(), worker.stop()]);
  });
  const over = whenOver(database, [api, worker]);
  const first = await Promise.race([whenReady(api, worker), over]);
  if (typeof first === 'number') return first;
  say(banner({ ...settings, url: first, publicUrl, portal, newToken: adminToken }));
  // `await`, because everything is stopped as soon as this function returns.
  return await over;
}

function needsDataDir({ databaseUrl, secret, smtpEnabled }: StartSettings): boolean {
  return databaseUrl === undefined || secret === undefined || !smtpEnabled;
}

async function openDatabase({ databaseUrl, dataDir }: StartSettings): Promise<StartDatabase> {
  if (databaseUrl !== undefined) return externalDatabase(databaseUrl);
  say('Starting PostgreSQL…');
  try {
    return await openEmbeddedDatabase(dataDir, say);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`GATEHOUSE_DATA_DIR cannot be used. ${failureLine(error)}`, { cause: error });
  }
}

async function applyMigrations(databaseUrl: string): Promise<void> {
  say('Applying migrations…');
  try {
    await prepareDatabase({ databaseUrl });
  } catch (error) {
    throw new StartError(`The migrations could not be applied: ${failureLine(error)}`, { cause: error });
  }
}

type LocalService = { port: number; publicUrl: string; databaseUrl: string; directUrl: string; secret: string };

function childEnvironment({ variables, host, dataDir }: StartSettings, made: LocalService): NodeJS.ProcessEnv {
  return {
    ...variables,
    HOST: host,
    PORT: String(made.port),
    PUBLIC_URL: made.publicUrl,
    DATABASE_URL: made.databaseUrl,
    DATABASE_DIRECT_URL: made.directUrl,
    GATEHOUSE_SECRET: made.secret,
    GATEHOUSE_DATA_DIR: dataDir,
  };
}

async function whenReady(api: AppProcess, worker: AppProcess): Promise<string> {
  const tooLate = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new StartError('The api and the worker did not become ready.')), readyPatience).unref();
  });
  const [url] = await Promise.race([Promise.all([api.ready, worker.ready]), tooLate]);
  if (url === undefined) throw new StartError('The api did not report its address.');
  return url.replace(/\/$/, '');
}

/** Resolves with the exit code: 0 after a request to stop, 1 after the database or an app exited unexpectedly. */
async function whenOver(database: StartDatabase, apps: readonly AppProcess[]): Promise<number> {
  const stopped = new Promise<undefined>((resolve) => {
    if (stopRequest.signal.aborted) resolve(undefined);
    stopRequest.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const line = await Promise.race([stopped, database.lost, ...apps.map((app) => app.ended)]);
  if (line === undefined) return 0;
  complain(`${line} Stopping everything else.`);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
