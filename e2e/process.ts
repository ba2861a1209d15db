import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { recordOf } from './api.ts';

/** A process of Gatehouse. */
export type RunningProcess = {
  pid: number;
  /** The message with which the process reported that it is ready. */
  ready: Record<string, unknown>;
  output(): string;
  /** Resolves when it has exited. */
  kill(signal: NodeJS.Signals): Promise<void>;
};

type Options = { script: string; args?: string[]; env: Record<string, string> };

/** The variables that a started program inherits from the tests. None of them is a setting of Gatehouse. */
export const inherited = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
});

/** Starts a program and waits until it reports that it is ready. Throws with its output if it exits before that. */
export async function startProcess({ script, args = [], env }: Options): Promise<RunningProcess> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: new URL('..', import.meta.url),
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = collect(child);
  const ended = once(child, 'exit');
  const ready = await Promise.race([
    once(child, 'message').then(([message]: unknown[]) => recordOf(message)),
    ended.then(() => {
      throw new Error(`${script} exited before it was ready:\n${output()}`);
    }),
  ]);
  return {
    pid: child.pid ?? 0,
    ready,
    output,
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += String(chunk);
    });
  }
  return () => text;
}
