import type { NextFunction, Request, RequestHandler, Response } from 'express';

/**
 * One middleware for several, without Express's matching of paths, for the hot path. A request that none of them answers
 * leaves the router.
 */
export function inOrder(steps: readonly RequestHandler[]): RequestHandler {
  function take(at: number, [req, res, next]: [Request, Response, NextFunction]): void {
    const step = steps[at];
    if (!step) return next('router');
    try {
      void step(req, res, (error?: unknown) => (error ? next(error) : take(at + 1, [req, res, next])));
    } catch (error) {
      next(error);
    }
  }
  return (req, res, next) => take(0, [req, res, next]);
}
