import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './api.ts';
import { inherited } from './process.ts';

export type Start = {
  child: ChildProcess;
  output(): string;
  /** The exit code, once it has ended. */
  ended: Promise<number | null>;
};

/** The program behind `npm start`, as it runs once everything is installed. */
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

/** Stops what still runs, so that a test that has failed leaves the next one its port and its directory. */
export async function stopAll(started: Start[]): Promise<void> {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGTERM');
    await ended;
  }
}

/** The output up to and with what matches. Throws when the program ends before. */
export async function outputWith(pattern: RegExp, { output, ended }: Start): Promise<string> {
  let over = false;
  void ended.then(() => (over = true));
  return until(
    `an output with ${pattern}`,
    () => {
      if (pattern.test(output())) return Promise.resolve(output());
      if (over) throw new Error(`ended before ${pattern}:\n${output()}`);
      return Promise.resolve(null);
    },
    60,
  );
}

export const bannerOf = (start: Start): Promise<string> => outputWith(/Paste into a shell[^]*DELETE/, start);

export const match = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
