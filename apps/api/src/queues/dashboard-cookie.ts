import type { Request, Response } from 'express';
import { isHttps, readCookie } from '../http/session-cookie.ts';
import { SESSION_AGE } from './session.ts';

/** The address of the dashboard for browsers. */
export type DashboardAddress = {
  publicUrl: string;
  /** With the prefix that a proxy strips. */
  path: string;
};

/** `__Host-` keeps other hosts of the same domain from setting the cookie, and demands the path `/`. */
const nameOf = (dashboard: DashboardAddress): string =>
  isHttps(dashboard) ? '__Host-gatehouse_queues' : 'gatehouse_queues';

const attributes = (dashboard: DashboardAddress) =>
  ({
    httpOnly: true,
    secure: isHttps(dashboard),
    sameSite: 'strict',
    path: isHttps(dashboard) ? '/' : dashboard.path,
  }) as const;

export const readDashboardCookie = (req: Request, dashboard: DashboardAddress): string | null =>
  readCookie(req, nameOf(dashboard));

export const keepDashboardCookie = (res: Response, dashboard: DashboardAddress, id: string): void => {
  res.cookie(nameOf(dashboard), id, { ...attributes(dashboard), maxAge: SESSION_AGE * 1000 });
};

export const dropDashboardCookie = (res: Response, dashboard: DashboardAddress): void => {
  res.clearCookie(nameOf(dashboard), attributes(dashboard));
};
