import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Writes the last line of a run, which CI reads: "N passed, N failed, N skipped". */
export class TallyReporter implements Reporter {
  readonly #notes: readonly string[];
  #tally: Tally = { passed: 0, failed: 0, skipped: 0 };

  /** Takes lines to write before the tally. */
  constructor(notes: readonly string[]) {
    this.#notes = notes;
  }

  onInit(): void {
    // On exit, because reports such as coverage are printed after onTestRunEnd.
    process.once('exit', (code) => {
      const { passed, failed, skipped } = this.#tally;
      // A failed set-up, or a filter without matches, fails the run but no test.
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
  // A file that fails to load has no tests, but counts as a failure.
  if (seen === 0 && module.state() === 'failed') tally.failed += 1;
}
