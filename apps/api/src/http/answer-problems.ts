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

/** RFC 9457. Once the answer has begun there is nothing left to say: the connection is cut. */
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

/** Clients of the compatible API read errors only as what they asked for; others get the standard's own media type. */
const typeOf = (req: Request): string => (req.accepts([PROBLEM, PLAIN_JSON]) === PLAIN_JSON ? PLAIN_JSON : PROBLEM);

/** Every error of `inner`, and every request that it leaves alone, is answered with a problem document. */
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
