import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The api or the worker as a child process. */
export interface AppProcess {
  /** Resolves when it is ready, with the address it listens on, if any. Stays pending if it exits before that. */
  ready: Promise<string | undefined>;
  /** Resolves with a line for the user when it has exited. */
  ended: Promise<string>;
  /** Asks it to finish its current work; resolves when it has exited. */
  stop: () => Promise<void>;
}

/** Milliseconds that an app has to finish before it is killed. */
const stopPatience = 10_000;
/** Milliseconds until an exit counts as unexpected: Ctrl-C can end an app before this process sees the signal. */
const signalDelay = 200;

/** Starts apps/<name> with the Node of this process. The app stops when this process exits. */
export function startApp(name: string, env: NodeJS.ProcessEnv): AppProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.mjs'), name], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = whenEnded(child, name);
  return {
    ready: whenReady(child),
    ended: ended.then(async (line) => {
      await delay(signalDelay);
      return line;
    }),
    stop: () => stop(child, ended),
  };
}

function whenReady(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message !== 'object' || !('type' in message) || message.type !== 'ready') return;
      resolve('url' in message && typeof message.url === 'string' ? message.url : undefined);
    });
  });
}

function whenEnded(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`The ${name} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      resolve(`The ${name} stopped unexpectedly (${signal ?? `exit code ${String(code)}`}).`);
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const killing = setTimeout(() => child.kill('SIGKILL'), stopPatience);
  await ended;
  clearTimeout(killing);
}
