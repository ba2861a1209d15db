import type { Level, Logger } from 'pino';

/** The most lines of one kind in a period of milliseconds. */
const PERIOD = 60_000;
const LINES = 10;

export type Kind = {
  /** One of few values, such as an error code, and never text from a caller. */
  kind: string;
  level: Level;
  /** Lines a minute; 10 if absent. */
  most?: number;
};

type Period = { written: number; omitted: number };

/**
 * Throttles log lines that callers can cause at will. Lines beyond the limit are logged at level `debug`, and one line a
 * minute counts them.
 */
export class LogThrottle {
  static readonly #logs = new WeakMap<Logger, LogThrottle>();
  readonly #periods = new Map<string, Period>();
  readonly #logger: Logger;

  private constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** All writers to the same logger share its limits. */
  static on(logger: Logger): LogThrottle {
    const log = this.#logs.get(logger) ?? new LogThrottle(logger);
    this.#logs.set(logger, log);
    return log;
  }

  write({ kind, level, most = LINES }: Kind, line: object, message: string): void {
    const period = this.#periods.get(kind) ?? this.#begin(kind, level);
    const isFew = period.written < most;
    if (isFew) period.written += 1;
    else period.omitted += 1;
    this.#logger[isFew ? level : 'debug'](line, message);
  }

  #begin(kind: string, level: Level): Period {
    const period = { written: 0, omitted: 0 };
    this.#periods.set(kind, period);
    setTimeout(() => {
      this.#periods.delete(kind);
      if (period.omitted > 0) this.#logger[level]({ kind, omitted: period.omitted }, 'similar log lines omitted');
    }, PERIOD).unref();
    return period;
  }
}
