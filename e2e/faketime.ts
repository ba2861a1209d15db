import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The library that shifts the wall clock of a process, but not its monotonic clock; undefined if it is not installed. */
export const findFaketime = (): string | undefined => globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];

export type ShiftableClock = Disposable & {
  /** The environment of processes that use this clock. */
  env: Record<string, string>;
  /** Takes an offset of libfaketime: `+1d`, `-1d` or `+0`. It also applies to running processes immediately. */
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
