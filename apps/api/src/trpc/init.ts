import { ERRORS } from '@gatehouse/contract/errors';
import type { Problem } from '@gatehouse/contract/problem';
import { initTRPC, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY, type TRPC_ERROR_CODE_NUMBER } from '@trpc/server/rpc';
import type { ApiContext } from '../context.ts';
import { problemAt, toGatehouseError } from '../http/problem.ts';
import { currentRequest } from '../http/current-request.ts';

/** The error of a failed call for typed clients. `data.problem` is the same document as in REST (RFC 9457). */
export type ErrorShape = {
  message: string;
  code: TRPC_ERROR_CODE_NUMBER;
  data: { code: TRPC_ERROR_CODE_KEY; httpStatus: number; path: string | null; problem: Problem };
};

type ErrorStatus = (typeof ERRORS)[keyof typeof ERRORS]['status'];

const CODES: Record<ErrorStatus, TRPC_ERROR_CODE_KEY> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  431: 'BAD_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
};

const t = initTRPC.context<ApiContext>().create({
  errorFormatter({ error, path }): ErrorShape {
    const known = toGatehouseError(error);
    const problem = problemAt(known, currentRequest());
    const code = CODES[ERRORS[known.code].status];
    return {
      message: problem.detail,
      code: TRPC_ERROR_CODES_BY_KEY[code],
      data: { code, httpStatus: problem.status, path: path ?? null, problem },
    };
  },
});

export const { router, procedure } = t;
