import { GatehouseError } from '@gatehouse/contract/errors';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { logUnforeseen } from './log-error.ts';
import { problemAt, problemHeaders, toGatehouseError } from './problem.ts';
import { currentPlace } from './request-place.ts';

/** RFC 9457. Once the answer has begun there is nothing left to say: the connection is cut. */
function sendProblem(res: Response, error: GatehouseError): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const place = currentPlace();
  const problem = problemAt(error, place);
  const body = Buffer.from(JSON.stringify(problem));
  res.writeHead(problem.status, {
    ...problemHeaders(error, place),
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
  });
  res.end(body);
}

/** Every error of `inner`, and every request that it leaves alone, is answered with a problem document. */
export const answerProblems =
  (inner: RequestHandler, logger: Logger): RequestHandler =>
  (req, res) =>
    inner(req, res, (thrown?: unknown) => {
      const error = thrown === undefined || thrown === null ? nothingAt(req) : toGatehouseError(thrown);
      logUnforeseen(logger, error);
      sendProblem(res, error);
    });

const nothingAt = ({ method }: Request): GatehouseError =>
  new GatehouseError('not_found', `There is nothing at ${method} ${currentPlace().instance}.`);
