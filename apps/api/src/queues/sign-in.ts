import { GatehouseError } from '@gatehouse/contract/errors';
import { enforce } from '@gatehouse/core/kernel/decision';
import { manageInstallation } from '@gatehouse/core/portal/portal.policy';
import { requireAccess } from '@gatehouse/core/kernel/use-case';
import type { Request, RequestHandler } from 'express';
import type { ApiContext } from '../context.ts';
import { readForm } from '../http/read-form.ts';
import { hostCookie, mayBeForeign } from '../http/cookies.ts';
import { signInPage, signOutPage } from './dashboard-form.ts';
import { SESSION_AGE, type Sessions } from './session.ts';

/** The URL of the dashboard for browsers. */
type DashboardAddress = {
  publicUrl: string;
  /** Includes the prefix that a proxy strips. */
  path: string;
};

const dashboardCookie = (dashboard: DashboardAddress) =>
  hostCookie(dashboard, { name: 'queues', sameSite: 'strict', path: dashboard.path });

type Options = { sessions: Sessions; createContext: (req: Request) => ApiContext; dashboard: DashboardAddress };

/** Exchanges a token for a cookie that scripts cannot read and other sites cannot send. */
export const signIn = ({ sessions, createContext, dashboard }: Options): RequestHandler[] => [
  fromHere(dashboard),
  async (req, res) => {
    const token = (await readForm(req, res)).get('token')?.trim() ?? '';
    req.headers.authorization = `Bearer ${token}`;
    try {
      const actor = await createContext(req).authenticate();
      requireAccess(actor, 'queues:read');
      enforce(manageInstallation(actor));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      res
        .status(403)
        .type('html')
        .send(signInPage(dashboard.path, 'This token is invalid or lacks access to the queues.'));
      return;
    }
    dashboardCookie(dashboard).keep(res, sessions.open(token), { maxAge: SESSION_AGE * 1000 });
    res.redirect(303, dashboard.path);
  },
];

/** Signing out needs a button, so that a link on another site cannot sign people out. */
export const askToSignOut =
  (dashboard: DashboardAddress): RequestHandler =>
  (_req, res) => {
    res.type('html').send(signOutPage(dashboard.path));
  };

export const signOut = ({ sessions, dashboard }: Omit<Options, 'createContext'>): RequestHandler[] => [
  fromHere(dashboard),
  (req, res) => {
    const id = dashboardCookie(dashboard).read(req);
    if (id !== null) sessions.close(id);
    dashboardCookie(dashboard).drop(res);
    res.redirect(303, dashboard.path);
  },
];

const isRefusal = (error: unknown): boolean =>
  error instanceof GatehouseError && (error.code === 'unauthenticated' || error.code === 'forbidden');

/** Authenticates by session cookie. Without credentials, browsers get a sign-in form and programs a 401. */
export const askToSignIn =
  ({ sessions, dashboard }: Omit<Options, 'createContext'>): RequestHandler =>
  (req, res, next) => {
    if (req.headers.authorization !== undefined || req.headers['x-api-key'] !== undefined) {
      next();
      return;
    }
    const id = dashboardCookie(dashboard).read(req);
    const token = id === null ? null : sessions.tokenOf(id);
    if (token !== null) {
      req.headers.authorization = `Bearer ${token}`;
      fromHere(dashboard)(req, res, next);
    } else if (req.method === 'GET' && req.accepts('json', 'html') === 'html') {
      res.status(401).setHeader('WWW-Authenticate', 'Bearer');
      res.type('html').send(signInPage(dashboard.path, 'Sign in with a token that has the scope queues:read.'));
    } else next();
  };

/** Operators may also reach the dashboard by plain http under another URL, where browsers send no `Sec-Fetch-Site`. */
const fromHere =
  ({ publicUrl }: DashboardAddress): RequestHandler =>
  (req, _res, next) => {
    const plain = req.get('sec-fetch-site') === undefined ? [`http://${req.get('host') ?? ''}`] : [];
    if (mayBeForeign(req, [publicUrl, ...plain]))
      throw new GatehouseError('forbidden', 'Send this form from the queue dashboard.');
    next();
  };
