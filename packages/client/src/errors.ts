import { TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from './router.ts';

/** The service's description of a failed call: a problem document (RFC 9457). */
export type Problem = {
  /** `urn:gatehouse:error:<code>` */
  type: string;
  /** The same for every problem of this code. */
  title: string;
  /** The HTTP status of the call. In a batch, the HTTP response can have a different one. */
  status: number;
  /** Describes this failure to people. */
  detail: string;
  /** The same as `detail`. */
  message: string;
  /** The same as `detail`. */
  error_msg: string;
  /** The path of the request; in a batch it names all calls. */
  instance: string;
  /** Identifies the kind of failure for programs, such as `not_found`. A later release of the service can add codes. */
  code: string;
  /** The problems of single fields; `path` is a JSON Pointer into the input. */
  errors?: { path: string; message: string; code: string }[] | undefined;
  /** With `developer_not_active`: the reason for the suspension, and the contact of the portal. */
  suspension?: { reason: string | null; support_email: string | null } | undefined;
  /** The number of further problems that `errors` does not list. */
  errors_omitted?: number | undefined;
  /** Identifies this call in the log of the service. */
  request_id: string;
};

/** A response that does not answer a call: the page of a proxy, or a problem that concerns the request as a whole. */
export class ForeignAnswer extends Error {
  override name = 'ForeignAnswer';
  readonly status: number;
  readonly headers: Headers;
  readonly problem: Problem | null;

  constructor({ status, statusText, headers }: Response, answer: unknown) {
    const problem = isProblem(answer) ? answer : null;
    const form = headers.get('content-type')?.split(';')[0] ?? 'no content type';
    const line = `${status} ${statusText}`.trim();
    super(
      problem?.detail ??
        `${line}: The response (${form}) is not from Gatehouse. Check the URL and any proxy in between.`,
    );
    this.status = status;
    this.headers = headers;
    this.problem = problem;
  }
}

/** The error of every failed call. */
export class GatehouseCallError extends TRPCClientError<AppRouter> {
  /** The HTTP status of the call; null if no response arrived. */
  readonly status: number | null;
  /** Null if the service did not answer: without a connection, after an abort, or if a proxy answered. */
  readonly problem: Problem | null;
  /** The time to wait before a retry, from `Retry-After`; null if the response has none. */
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
    // The response to a batch has one `Retry-After` for all calls, which applies only to calls with these statuses.
    const asked = foreign !== null || this.status === 429 || this.status === 503;
    this.retryAfterSeconds = asked && headers instanceof Headers ? retryAfter(headers) : null;
  }
}

/** `Retry-After` is a number of seconds or a date (RFC 9110 section 10.2.3). */
function retryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after');
  if (text === null) return null;
  if (/^\d+$/.test(text)) return Number(text);
  const time = text.endsWith('GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : Math.max(0, Math.ceil((time - Date.now()) / 1000));
}

/** Turns every error of a call into a `GatehouseCallError`. */
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
 * Returns the problem document of an error that a call of the client threw.
 * Null if the service did not answer: without a connection, after an abort, or if a proxy or another server answered.
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

/** Undefined if the field does not exist or the value is not an object. */
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
