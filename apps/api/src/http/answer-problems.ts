import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';
import { shortened } from '@gatehouse/core/kernel/use-case';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { paceRefusal, type Failures } from './failures.ts';
import { logUnforeseen } from './log-error.ts';
import { problemAt, problemHeaders, toGatehouseError } from './problem.ts';
import { currentRequest } from './current-request.ts';

const PROBLEM = 'application/problem+json; charset=utf-8';
const PLAIN_JSON = 'application/json; charset=utf-8';

/** Sends a problem document (RFC 9457). If the response has already begun, the connection is destroyed instead. */
function sendProblem(req: Request, res: Response, error: GatehouseError): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const request = currentRequest();
  const problem = problemAt(error, request);
  const body = Buffer.from(JSON.stringify(problem));
  res.vary('Accept');
  res.writeHead(problem.status, {
    ...problemHeaders(error, request),
    'Content-Type': typeOf(req),
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  res.end(body);
}

/** Clients of the compatible API read errors only in the media type that they accept. Others get `application/problem+json`. */
const typeOf = (req: Request): string => (req.accepts([PROBLEM, PLAIN_JSON]) === PLAIN_JSON ? PLAIN_JSON : PROBLEM);

/** Responds with a problem document to every error of `inner`, and to every request that it does not handle. */
export const answerProblems =
  (inner: RequestHandler, { logger, failures }: { logger: Logger; failures: Failures }): RequestHandler =>
  (req, res) => {
    const refuse = async (thrown: unknown): Promise<void> => {
      const error = thrown === undefined || thrown === null ? nothingAt(req) : toGatehouseError(thrown);
      logUnforeseen(logger, error);
      if (ERRORS[error.code].status < 500) await paceRefusal(failures);
      sendProblem(req, res, error);
    };
    return inner(req, res, (thrown?: unknown) => void refuse(thrown));
  };

const nothingAt = ({ method }: Request): GatehouseError =>
  new GatehouseError('not_found', `No route for ${method} ${shortened(currentRequest().instance, 200)}.`);
