import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Ready = z.object({ url: z.string().default('') });

/** A child process, which ends when it is disposed of and when this process ends. */
export type Child = AsyncDisposable & {
  pid: number;
  /** The address it listens on, without a trailing slash; empty if it does not listen. */
  url: string;
  /** Sends a message and resolves with the next message from the child. */
  ask(message: object): Promise<unknown>;
};

/** `output` is the file for what the process prints, as under a service manager. */
type Start = { script: string; args?: string[]; env?: Record<string, string>; output: string };

/** Resolves when the child reports that it is ready. Throws with its output if it ends before that. */
export async function startChild({ script, args = [], env = {}, output }: Start): Promise<Child> {
  const log = openSync(output, 'a');
  const child = spawn(process.execPath, [script, ...args], {
    cwd: join(import.meta.dirname, '..', '..'),
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
