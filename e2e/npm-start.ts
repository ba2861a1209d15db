import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './api.ts';
import { inherited } from './process.ts';

export type Start = {
  child: ChildProcess;
  output(): string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
};

/** Runs the program of `npm start`, without installing dependencies. */
export function npmStart(env: Record<string, string>, args: string[] = []): Start {
  const child = spawn(process.execPath, ['tools/start.ts', ...args], {
    cwd: new URL('..', import.meta.url),
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  return {
    child,
    output: () => text,
    ended: once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null)),
  };
}

/** Stops all running starts, so that the port and the directory are free after a failed test. */
export async function stopAll(started: Start[]): Promise<void> {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Waits until the output matches, and returns it. Throws if the program exits before that. */
export async function outputWith(pattern: RegExp, { output, ended }: Start): Promise<string> {
  let over = false;
  void ended.then(() => (over = true));
  return until(
    `output that matches ${pattern}`,
    () => {
      if (pattern.test(output())) return Promise.resolve(output());
      if (over) throw new Error(`The program exited before its output matched ${pattern}:\n${output()}`);
      return Promise.resolve(null);
    },
    60,
  );
}

export const bannerOf = (start: Start): Promise<string> => outputWith(/Paste into a shell[^]*DELETE/, start);

export const match = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
