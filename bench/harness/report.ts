import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Row, tableOf } from './table.ts';

/** The rows of each case, as its last full run measured them. */
const Results = z.record(z.string(), z.strictObject({ measured: z.string(), rows: z.array(Row) }));
export type Results = z.infer<typeof Results>;

const JSON_FILE = join(import.meta.dirname, '..', 'results.json');
const MARKDOWN_FILE = join(import.meta.dirname, '..', 'RESULTS.md');
const BEGIN = '<!-- Written by npm run bench -->';
const END = '<!-- End of what npm run bench writes -->';

/** Replaces the results of these cases, and the table in RESULTS.md. The text around the table stays. */
export function writeResults(changed: Results): void {
  const known = existsSync(JSON_FILE) ? Results.parse(JSON.parse(readFileSync(JSON_FILE, 'utf8'))) : {};
  const results = { ...known, ...changed };
  writeFileSync(JSON_FILE, `${JSON.stringify(results, onlyMeasured, 2)}\n`);
  const text = existsSync(MARKDOWN_FILE) ? readFileSync(MARKDOWN_FILE, 'utf8') : `# Results\n\n${BEGIN}\n${END}\n`;
  const [before = '', rest = ''] = text.split(BEGIN);
  const [, after = ''] = rest.split(END);
  const table = tableOf(Object.values(results).flatMap(({ rows }) => rows));
  writeFileSync(MARKDOWN_FILE, `${before}${BEGIN}\n\n${machine()}\n\n${table}\n\n${END}${after}`);
}

/** JSON has no NaN, which stands for what could not be measured. */
const onlyMeasured = (_name: string, value: unknown): unknown => {
  const isMissing = (of: unknown): boolean => typeof of === 'number' && !Number.isFinite(of);
  return isMissing(value) || (Array.isArray(value) && value.some(isMissing)) ? undefined : value;
};

const machine = (): string =>
  `Measured with Node ${process.versions.node} and ${String(availableParallelism())} cores, which the load shares.`;

export const NOTES = `All figures are medians of alternating slices: ours, the floor, and their ratio, of which higher ones are better. Times
are in milliseconds. CPU is in microseconds per request, of the server + of PostgreSQL. MB is the memory of our server
after the last slice. bench/README.md explains every bar. Ratios of CPU are steadier than ratios of requests.`;
