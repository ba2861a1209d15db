import { ERRORS, GatehouseError, type ErrorCode } from '@gatehouse/contract/errors';
import { problemOf, type Problem } from '@gatehouse/contract/problem';
import { invalidInput } from '@gatehouse/core/kernel/use-case';
import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import { ZodError } from 'zod';
import type { CurrentRequest } from './current-request.ts';

/** The errors that tRPC and Express raise themselves. */
const TRPC_CODES: Partial<Record<TRPC_ERROR_CODE_KEY, ErrorCode>> = {
  PARSE_ERROR: 'malformed_request',
  BAD_REQUEST: 'malformed_request',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'method_not_allowed',
  PAYLOAD_TOO_LARGE: 'body_too_large',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_media_type',
};

const DETAILS: Partial<Record<ErrorCode, string>> = {
  body_too_large: 'The body is larger than allowed here.',
  unsupported_media_type: 'Send application/json in UTF-8, plain or compressed with gzip, deflate, br or zstd.',
};

const STATUS_CODES: Record<number, ErrorCode> = {
  400: 'malformed_request',
  404: 'not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** Every thrown error becomes a response through this function. Unexpected errors become `internal`, without their message. */
export function toGatehouseError(thrown: unknown): GatehouseError {
  if (thrown instanceof GatehouseError) return thrown;
  if (thrown instanceof TRPCError) return fromTrpc(thrown);
  const code = STATUS_CODES[httpStatusOf(thrown)];
  if (code) return new GatehouseError(code, DETAILS[code] ?? unreadable(thrown), { cause: thrown });
  return new GatehouseError(
    'internal',
    'Something went wrong on our side. Quote the request_id when you contact support.',
    { cause: thrown },
  );
}

function fromTrpc(error: TRPCError): GatehouseError {
  const { cause, code } = error;
  if (cause instanceof GatehouseError) return cause;
  if (code === 'BAD_REQUEST' && cause instanceof ZodError) return invalidInput(cause.issues);
  const known = TRPC_CODES[code];
  if (!known) return toGatehouseError(cause ?? new Error(error.message));
  return new GatehouseError(known, DETAILS[known] ?? (cause === undefined ? error.message : unreadable(cause)), {
    cause,
  });
}

/** The parser's own message would reveal the input. */
function unreadable(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return 'The body is not valid JSON.';
  if (thrown instanceof URIError) return 'The path has an invalid percent-encoding.';
  if (isCutShort(thrown)) return 'The body was truncated.';
  return 'The body does not match its Content-Encoding.';
}

const isCutShort = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  'type' in thrown &&
  (thrown.type === 'request.aborted' || thrown.type === 'request.size.invalid');

/** body-parser and the router mark their errors with the status they mean (the `http-errors` convention). */
const httpStatusOf = (thrown: unknown): number =>
  thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : 0;

/** The problem document for the caller. Also records the error code for the request log. */
export function problemAt(error: GatehouseError, request: CurrentRequest): Problem {
  request.errorCode = error.code;
  return problemOf(error, request);
}

const RETRY_AFTER_SECONDS = 1;

/** Seconds (RFC 9110 section 10.2.3), or null if a retry does not help. */
export function retryAfterOf(error: GatehouseError): string | null {
  const { status } = ERRORS[error.code];
  const seconds = error.retryAfterSeconds ?? (status === 429 || status === 503 ? RETRY_AFTER_SECONDS : null);
  return seconds === null ? null : String(Math.max(1, Math.ceil(seconds)));
}

/** RFC 6750 section 3 (challenge) and `Retry-After`. */
export function problemHeaders(error: GatehouseError, request: CurrentRequest): Record<string, string> {
  const retryAfter = retryAfterOf(error);
  return {
    ...(ERRORS[error.code].status === 401
      ? { 'WWW-Authenticate': request.invalidToken ? 'Bearer error="invalid_token"' : 'Bearer' }
      : {}),
    ...(retryAfter === null ? {} : { 'Retry-After': retryAfter }),
  };
}
