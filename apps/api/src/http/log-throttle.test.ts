import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LogThrottle } from './log-throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('similar lines are written up to the limit, and then counted once a minute', () => {
  const lines: unknown[] = [];
  const write = (line: string): void => {
    const { level, kind, omitted, msg } = JSON.parse(line);
    lines.push({ level, kind, omitted, msg });
  };
  const logger = pino({ level: 'info' }, { write });
  for (let n = 0; n < 1000; n += 1)
    LogThrottle.on(logger).write({ kind: 'overloaded', level: 'error', most: 3 }, {}, 'answered');
  LogThrottle.on(logger).write({ kind: 'not_found', level: 'info' }, {}, 'answered');
  const written = { level: 50, msg: 'answered' };
  expect(lines.splice(0)).toEqual([written, written, written, { level: 30, msg: 'answered' }]);
  vi.advanceTimersByTime(60_000);
  expect(lines.splice(0)).toEqual([{ level: 50, kind: 'overloaded', omitted: 997, msg: 'similar log lines omitted' }]);
  vi.advanceTimersByTime(120_000);
  expect(lines).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
