import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Shifts the wall clock of a process, and leaves its monotonic clock alone; undefined where it is not installed. */
export const findFaketime = (): string | undefined => globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];

export type ShiftableClock = Disposable & {
  /** The environment of the processes whose clock this is. */
  env: Record<string, string>;
  /** As libfaketime has it: `+1d`, `-1d`, `+0`. In force at once, for processes that run already too. */
  shift(offset: string): void;
};

export function shiftableClock(library: string): ShiftableClock {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-clock-'));
  const file = join(directory, 'offset');
  const shift = (offset: string): void => writeFileSync(file, `${offset}\n`);
  shift('+0');
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    shift,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}
