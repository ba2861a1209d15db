import { GatehouseError } from '@gatehouse/contract/errors';
import { enforce } from '@gatehouse/core/decision';
import { manageInstallation } from '@gatehouse/core/portal/portal.policy';
import { requireAccess } from '@gatehouse/core/use-case';
import express, { type Request, type RequestHandler } from 'express';
import type { ApiContext } from '../context.ts';
import { SESSION_AGE, type Sessions } from './session.ts';

const COOKIE = 'gatehouse_queues';

const page = (message: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse queues</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem }
input, button { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box; margin-top: .5rem }
</style>
</head>
<body>
<h1>Queues</h1>
<p>${message}</p>
<form method="post" action="/queues/sign_in" autocomplete="off">
<label>Token <input name="token" type="password" required autofocus></label>
<button>Sign in</button>
</form>
</body>
</html>
`;

type Options = { sessions: Sessions; createContext: (req: Request) => ApiContext; path: string; publicUrl: string };

/** Swaps a token for a cookie that scripts cannot read and other sites cannot send. */
export const signIn = ({ sessions, createContext, path, publicUrl }: Options): RequestHandler[] => [
  fromHere,
  express.urlencoded({ extended: false, limit: '4kb' }),
  async (req, res) => {
    const token = tokenIn(req.body);
    req.headers.authorization = `Bearer ${token}`;
    try {
      const actor = await createContext(req).authenticate();
      requireAccess(actor, 'queues:read');
      enforce(manageInstallation(actor));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      res.status(403).type('html').send(page('This token is not known, or may not see the queues.'));
      return;
    }
    const secure = publicUrl.startsWith('https:');
    res.cookie(COOKIE, sessions.open(token), {
      httpOnly: true,
      sameSite: 'strict',
      secure,
      path,
      maxAge: SESSION_AGE * 1000,
    });
    res.redirect(303, path);
  },
];

const tokenIn = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string'
    ? body.token.trim()
    : '';

const isRefusal = (error: unknown): boolean =>
  error instanceof GatehouseError && (error.code === 'unauthenticated' || error.code === 'forbidden');

/** A session stands for its token; a person without either is asked for one, a program gets the usual 401. */
export const askToSignIn =
  (sessions: Sessions): RequestHandler =>
  (req, res, next) => {
    if (req.headers.authorization !== undefined || req.headers['x-api-key'] !== undefined) {
      next();
      return;
    }
    const id = cookieOf(req);
    const token = id === null ? null : sessions.tokenOf(id);
    if (token !== null) {
      req.headers.authorization = `Bearer ${token}`;
      fromHere(req, res, next);
    } else if (req.method === 'GET' && req.accepts('json', 'html') === 'html') {
      res.status(401).setHeader('WWW-Authenticate', 'Bearer');
      res.type('html').send(page('Sign in with a token that has the scope queues:read.'));
    } else next();
  };

function cookieOf({ headers }: Request): string | null {
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? null;
}

/** Changes come from our own page alone (`Sec-Fetch-Site`; `Origin` where a browser does not send that). */
const fromHere: RequestHandler = (req, _res, next) => {
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  const isForeign =
    site === undefined
      ? origin !== undefined && hostOf(origin) !== req.get('host')
      : site !== 'same-origin' && site !== 'none';
  if (isForeign && req.method !== 'GET' && req.method !== 'HEAD') {
    throw new GatehouseError('forbidden', 'This must be sent from the dashboard itself.');
  }
  next();
};

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
