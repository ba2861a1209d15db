import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Writes, as the last line of a run, the tally a CI reads: "N passed, N failed, N skipped". */
export class TallyReporter implements Reporter {
  readonly #notes: readonly string[];
  #tally: Tally = { passed: 0, failed: 0, skipped: 0 };

  /** The notes are lines to be written just before the tally. */
  constructor(notes: readonly string[]) {
    this.#notes = notes;
  }

  onInit(): void {
    // At the exit, because reports such as coverage come after onTestRunEnd.
    process.once('exit', (code) => {
      const { passed, failed, skipped } = this.#tally;
      // A set-up that fails, or a filter that finds nothing, fails no test but the run.
      const failures = code === 0 ? failed : Math.max(failed, 1);
      const line = `${String(passed)} passed, ${String(failures)} failed, ${String(skipped)} skipped`;
      writeSync(1, [...this.#notes, line, ''].join('\n'));
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tally = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) count(module, tally);
    this.#tally = tally;
  }
}

function count(module: TestModule, tally: Tally): void {
  let seen = 0;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    seen += 1;
    if (state === 'passed' || state === 'failed') tally[state] += 1;
    else tally.skipped += 1;
  }
  // A file that did not load holds no tests, yet it failed.
  if (seen === 0 && module.state() === 'failed') tally.failed += 1;
}
