import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { Developer } from '@gatehouse/contract/developer';
import type { Context } from '@gatehouse/core/kernel/context';
import { findPortalBySlug, type PublicPortal } from '@gatehouse/core/portal/find-portal-by-slug';
import type { Request } from 'express';
import type { ApiContext } from '../context.ts';
import { toGatehouseError } from '../http/problem.ts';
import { appRouter } from '../trpc/app-router.ts';
import type { Site } from './frame.ts';
import { languageOf, type Language } from './language.ts';
import type { Refusal } from './problems.ts';
import type { NewSecret } from './secret-cookie.ts';

/** The procedures of the api, called within this process. They apply limits and rights, set cookies and emit events. */
type Calls = ReturnType<typeof appRouter.createCaller>;

/** The signed-in developer; a `restricted` one can only change the password. */
export type Self = Developer & { restricted: boolean };

/** One request for a page. */
export type PageVisit = Language &
  Site & {
    /** The path of the portal's pages, or of the console. */
    base: string;
    /** The path of this page, without the query. */
    path: string;
    query: URLSearchParams;
    /** The values of the form, empty for a GET. */
    form: URLSearchParams;
    calls: Calls;
    now: Date;
    /** The errors of the form. */
    refusal: Refusal | null;
  };

/** One request for a page of a portal. */
export type Visit = PageVisit & {
  portal: PublicPortal;
  params: ReadonlyMap<string, string>;
  self: Self | null;
  /** A new secret that this page shows once. */
  secret: NewSecret | null;
};

export type PagesDeps = Site & {
  em: Context['em'];
  createContext: (req: Request) => ApiContext;
};

/** Null if the portal does not exist. */
export async function enter({ em, prefix, createContext }: PagesDeps, req: Request): Promise<Visit | null> {
  const { slug, ...params } = req.params;
  const portal = typeof slug === 'string' ? await findPortalBySlug(em, slug) : null;
  if (!portal) return null;
  const context = createContext(req);
  const calls = appRouter.createCaller(context);
  const base = `${prefix}/portals/${portal.slug}`;
  return {
    ...languageOf(req, portal.locale),
    portal,
    prefix,
    base,
    path: `${prefix}/portals${req.path}`,
    params: new Map(Object.entries(params).map(([name, value]) => [name, String(value)])),
    query: new URLSearchParams(req.url.slice(req.path.length)),
    form: new URLSearchParams(),
    self: await selfIn(portal, { actor: await context.authenticate(), calls }),
    calls,
    now: context.now,
    refusal: null,
    secret: null,
  };
}

/** A session of another portal does not count. */
async function selfIn(portal: PublicPortal, { actor, calls }: { actor: Actor; calls: Calls }): Promise<Self | null> {
  if (actor.kind !== 'developer' || actor.portalId !== portal.id) return null;
  return { ...(await answered(calls.me.get({}))), restricted: actor.restricted };
}

/** Deletes or ends something. False if it no longer exists, as after a second press of the button. */
export async function unlessGone(call: Promise<unknown>): Promise<boolean> {
  try {
    await answered(call);
    return true;
  } catch (error) {
    if (!(error instanceof GatehouseError && error.code === 'not_found')) throw error;
    return false;
  }
}

/** The result of a call. Throws a `GatehouseError` in place of tRPC's error. */
export async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toGatehouseError(error);
  }
}
