import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { recordOf } from './api.ts';

/** A real process of ours, with what it printed. */
export type RunningProcess = {
  pid: number;
  /** What the process said when it was ready. */
  ready: Record<string, unknown>;
  output(): string;
  /** Resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
};

type Options = { script: string; args?: string[]; env: Record<string, string> };

/** The variables that a started program takes over from the tests: none of them is a setting of Gatehouse. */
export const inherited = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
});

/** Starts an app under this Node and waits until it says it is ready. Throws with its output if it ends before. */
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
      throw new Error(`${script} ended before it was ready:\n${output()}`);
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
