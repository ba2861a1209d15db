import { GatehouseError } from '@gatehouse/contract/errors';
import { enforce } from '@gatehouse/core/kernel/decision';
import { manageInstallation } from '@gatehouse/core/portal/portal.policy';
import { requireAccess } from '@gatehouse/core/kernel/use-case';
import type { Request, RequestHandler } from 'express';
import type { ApiContext } from '../context.ts';
import { readForm } from '../http/read-form.ts';
import {
  dropDashboardCookie,
  keepDashboardCookie,
  readDashboardCookie,
  type DashboardAddress,
} from './dashboard-cookie.ts';
import { signInPage, signOutPage } from './dashboard-form.ts';
import type { Sessions } from './session.ts';

type Options = { sessions: Sessions; createContext: (req: Request) => ApiContext; dashboard: DashboardAddress };

/** Swaps a token for a cookie that scripts cannot read and other sites cannot send. */
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
        .send(signInPage(dashboard.path, 'This token is not known, or may not see the queues.'));
      return;
    }
    keepDashboardCookie(res, dashboard, sessions.open(token));
    res.redirect(303, dashboard.path);
  },
];

/** A link leads to a page with a button, so that another site cannot sign anybody out. */
export const askToSignOut =
  (dashboard: DashboardAddress): RequestHandler =>
  (_req, res) => {
    res.type('html').send(signOutPage(dashboard.path));
  };

export const signOut = ({ sessions, dashboard }: Omit<Options, 'createContext'>): RequestHandler[] => [
  fromHere(dashboard),
  (req, res) => {
    const id = readDashboardCookie(req, dashboard);
    if (id !== null) sessions.close(id);
    dropDashboardCookie(res, dashboard);
    res.redirect(303, dashboard.path);
  },
];

const isRefusal = (error: unknown): boolean =>
  error instanceof GatehouseError && (error.code === 'unauthenticated' || error.code === 'forbidden');

/** A session stands for its token; a person without either is asked for one, a program gets the usual 401. */
export const askToSignIn =
  ({ sessions, dashboard }: Omit<Options, 'createContext'>): RequestHandler =>
  (req, res, next) => {
    if (req.headers.authorization !== undefined || req.headers['x-api-key'] !== undefined) {
      next();
      return;
    }
    const id = readDashboardCookie(req, dashboard);
    const token = id === null ? null : sessions.tokenOf(id);
    if (token !== null) {
      req.headers.authorization = `Bearer ${token}`;
      fromHere(dashboard)(req, res, next);
    } else if (req.method === 'GET' && req.accepts('json', 'html') === 'html') {
      res.status(401).setHeader('WWW-Authenticate', 'Bearer');
      res.type('html').send(signInPage(dashboard.path, 'Sign in with a token that has the scope queues:read.'));
    } else next();
  };

/** Changes come from pages of this service alone (`Sec-Fetch-Site`; `Origin` where a browser does not send that). */
const fromHere =
  ({ publicUrl }: DashboardAddress): RequestHandler =>
  (req, _res, next) => {
    const site = req.get('sec-fetch-site');
    const origin = req.get('origin');
    const hosts = [new URL(publicUrl).host, req.get('host')];
    const isForeign =
      site === undefined
        ? origin !== undefined && !hosts.includes(hostOf(origin))
        : site !== 'same-origin' && site !== 'none';
    if (isForeign && req.method !== 'GET' && req.method !== 'HEAD') {
      throw new GatehouseError('forbidden', 'This form must be sent from the queue dashboard.');
    }
    next();
  };

/** Empty for `null`, the origin of what has none. */
const hostOf = (origin: string): string => (URL.canParse(origin) ? new URL(origin).host : '');
