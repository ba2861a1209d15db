import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from './router.ts';

/** What the service says about a call that failed: a problem document as in RFC 9457. */
export type Problem = {
  /** `urn:gatehouse:error:<code>` */
  type: string;
  /** The same for every problem of this code. */
  title: string;
  /** The HTTP status the call would have had by itself, outside a batch. */
  status: number;
  /** For people: what was wrong this time. */
  detail: string;
  /** The same as `detail`. */
  message: string;
  /** The same as `detail`. */
  error_msg: string;
  /** The path of the request; in a batch it names all calls. */
  instance: string;
  /** For programs: `not_found`, `invalid_input` and so on. A later release of the service may add codes. */
  code: string;
  /** For `invalid_input` and rules about one field: `path` is a JSON Pointer into the input. */
  errors?: { path: string; message: string; code: string }[] | undefined;
  /** Of `developer_not_active`, for the person whose account is suspended: why, and whom to ask. */
  suspension?: { reason: string | null; support_email: string | null } | undefined;
  /** How many more faults the input has than `errors` names. */
  errors_omitted?: number | undefined;
  /** Names this call in the service's log. */
  request_id: string;
};

/** An HTTP answer that is not one to a call: the page of a proxy, or a problem found before any call was looked at. */
export class ForeignAnswer extends Error {
  override name = 'ForeignAnswer';
  readonly status: number;
  readonly headers: Headers;
  readonly problem: Problem | null;

  constructor({ status, statusText, headers }: Response, answer: unknown) {
    const problem = isProblem(answer) ? answer : null;
    const form = headers.get('content-type')?.split(';')[0] ?? 'nothing readable';
    const line = `${status} ${statusText}`.trim();
    super(problem?.detail ?? `${line}: Gatehouse did not answer this call, something before it did (with ${form}).`);
    this.status = status;
    this.headers = headers;
    this.problem = problem;
  }
}

/** What every failed call rejects with. */
export class GatehouseCallError extends TRPCClientError<AppRouter> {
  /** The HTTP status that the call would have had by itself; null if no response arrived. */
  readonly status: number | null;
  /** What the service said; null where it did not speak: no connection, an aborted call, an answer of a proxy. */
  readonly problem: Problem | null;
  /** How long to wait before the next attempt, where the answer said so (`Retry-After`): 429 and 503, mostly. */
  readonly retryAfterSeconds: number | null;

  constructor({ message, shape, cause, meta }: TRPCClientError<AppRouter>) {
    super(message, {
      ...(cause ? { cause } : {}),
      ...(meta ? { meta } : {}),
      ...(shape ? { result: { error: shape } } : {}),
    });
    // The constructor of TRPCClientError sets its own prototype.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = 'GatehouseCallError';
    const foreign = cause instanceof ForeignAnswer ? cause : null;
    this.problem = foreign ? foreign.problem : problemOf(this);
    this.status = foreign?.status ?? this.problem?.status ?? null;
    const headers = foreign?.headers ?? field(field(meta, 'response'), 'headers');
    // An answer to a batch has the header of the call that needs it.
    const asked = foreign !== null || this.status === 429 || this.status === 503;
    this.retryAfterSeconds = asked && headers instanceof Headers ? retryAfter(headers) : null;
  }
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function retryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  if (/^\d+$/.test(text)) return Number(text);
  const time = text.endsWith('GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : Math.max(0, Math.ceil((time - Date.now()) / 1000));
}

/** Makes a `GatehouseCallError` of whatever a call failed with. */
export const readableErrors: TRPCLink<AppRouter> =
  () =>
  ({ next, op }) =>
    observable((observer) =>
      next(op).subscribe({
        next: (value) => observer.next(value),
        complete: () => observer.complete(),
        error: (error) => observer.error(new GatehouseCallError(error)),
      }),
    );

/**
 * The problem the service reported, from whatever a call of the client threw.
 * Null when the service did not speak: no connection, an aborted call, an answer of a proxy or of another server.
 */
export function problemOf(error: unknown): Problem | null {
  const problem = field(field(error, 'data'), 'problem') ?? field(error, 'problem');
  return isProblem(problem) ? problem : null;
}

const TEXTS = ['type', 'title', 'detail', 'message', 'error_msg', 'instance', 'code', 'request_id'] as const;

function isProblem(value: unknown): value is Problem {
  const errors = field(value, 'errors');
  return (
    areTexts(value, TEXTS) &&
    typeof field(value, 'status') === 'number' &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isIssue))) &&
    isSuspension(field(value, 'suspension'))
  );
}

const isSuspension = (value: unknown): boolean =>
  value === undefined ||
  ['reason', 'support_email'].every((name) => field(value, name) === null || typeof field(value, name) === 'string');

const isIssue = (value: unknown): boolean => areTexts(value, ['path', 'message', 'code']);

const areTexts = (value: unknown, names: readonly string[]): boolean =>
  names.every((name) => typeof field(value, name) === 'string');

/** Undefined where there is no such field, or nothing that could have one. */
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
