import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Ready = z.object({ url: z.string().default('') });

/** A process of ours that works; gone when disposed of, and by itself when this one ends. */
export type Child = AsyncDisposable & {
  pid: number;
  /** Where it listens, without a slash at the end; empty for one that does not. */
  url: string;
  /** Sends a message and resolves with the next one that comes back. */
  ask(message: object): Promise<unknown>;
};

/** `output`: the file that takes what it prints, as under a service manager. */
type Start = { script: string; args?: string[]; env?: Record<string, string>; output: string };

/** Resolves when it says that it is ready. Throws with what it printed if it ends before. */
export async function startChild({ script, args = [], env = {}, output }: Start): Promise<Child> {
  const log = openSync(output, 'a');
  const child = spawn(process.execPath, [script, ...args], {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const ended = once(child, 'exit');
  const nextMessage = (): Promise<unknown> =>
    Promise.race([
      once(child, 'message').then(([message]: unknown[]) => message),
      ended.then(([code, signal]: unknown[]) => {
        const how = typeof signal === 'string' ? signal : `exit code ${String(code)}`;
        throw new Error(`${script} has ended (${how}):\n${readFileSync(output, 'utf8').slice(-2000)}`);
      }),
    ]);
  const { url } = Ready.parse(await nextMessage());
  return {
    pid: child.pid ?? 0,
    url: url.replace(/\/$/, ''),
    ask(message) {
      const answer = nextMessage();
      child.send(message);
      return answer;
    },
    [Symbol.asyncDispose]: () => end(child, ended),
  };
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}
