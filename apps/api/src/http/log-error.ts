import type { GatehouseError } from '@gatehouse/contract/errors';
import type { Logger } from 'pino';
import { currentRequest } from './current-request.ts';
import { LogThrottle } from './log-throttle.ts';

type ErrorSummary = { type: string; code?: string; message?: string; frames: string[] };

/** Logs unexpected errors, which callers see only as `internal`. The request log has the codes of all others. */
export function logUnforeseen(logger: Logger, error: GatehouseError): void {
  if (error.code !== 'internal') return;
  const { requestId, path } = currentRequest();
  const line = { request_id: requestId, path, causes: describeCauses(error.cause) };
  LogThrottle.on(logger).write({ kind: 'unforeseen error', level: 'error' }, line, 'unforeseen error');
}

/** The fields of an error that may be logged. */
export function describeCauses(thrown: unknown): ErrorSummary[] {
  const causes: ErrorSummary[] = [];
  for (let at = thrown; at instanceof Error && causes.length < 5; at = at.cause) causes.push(describe(at));
  return causes;
}

/** The message of a database error contains values, such as password hashes, so only its code is logged. */
function describe(error: Error): ErrorSummary {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const message =
    'query' in error || 'sqlMessage' in error || 'detail' in error || error.name.endsWith('Exception')
      ? {}
      : { message: error.message };
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.trim());
  return { type: error.name, ...code, ...message, frames };
}
