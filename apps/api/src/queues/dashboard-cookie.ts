import type { Request, Response } from 'express';
import { isHttps, readCookie } from '../http/session-cookie.ts';
import { SESSION_AGE } from './session.ts';

/** Where the dashboard is for a browser. */
export type DashboardPlace = {
  publicUrl: string;
  /** With the prefix that a proxy strips. */
  path: string;
};

/** `__Host-` keeps other hosts of the same domain from setting the cookie, and demands the path `/`. */
const nameOf = (place: DashboardPlace): string => (isHttps(place) ? '__Host-gatehouse_queues' : 'gatehouse_queues');

const attributes = (place: DashboardPlace) =>
  ({
    httpOnly: true,
    secure: isHttps(place),
    sameSite: 'strict',
    path: isHttps(place) ? '/' : place.path,
  }) as const;

export const readDashboardCookie = (req: Request, place: DashboardPlace): string | null =>
  readCookie(req, nameOf(place));

export const keepDashboardCookie = (res: Response, place: DashboardPlace, id: string): void => {
  res.cookie(nameOf(place), id, { ...attributes(place), maxAge: SESSION_AGE * 1000 });
};

export const dropDashboardCookie = (res: Response, place: DashboardPlace): void => {
  res.clearCookie(nameOf(place), attributes(place));
};
