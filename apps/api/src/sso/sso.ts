import { Username } from '@gatehouse/contract/developer';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import type { RedirectOption, Vouched } from '@gatehouse/contract/login-option';
import type { Context, Settings } from '@gatehouse/core/context';
import { logInByRedirect } from '@gatehouse/core/login-option/log-in-by-redirect';
import { readSsoOption } from '@gatehouse/core/login-option/read-sso-option';
import { authenticateSession } from '@gatehouse/core/session/authenticate-session';
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import type { ApiContext } from '../context.ts';
import { placeOf } from '../http/place-of.ts';
import { currentPlace } from '../http/request-place.ts';
import { readSessionCookie, refuseForeignPages } from '../http/session-cookie.ts';
import { pageOf, returnTo } from './front-end.ts';
import type { Providers } from './providers.ts';
import { dropSsoCookie, keepSsoCookie, readSsoCookie, type Kept } from './sso-cookie.ts';

type Deps = { providers: Providers; settings: Settings; createContext: (req: Request) => ApiContext };
type Params = { portal_id: string; login_option_id: string };

const PATH = '/portals/:portal_id/auth/sso/:login_option_id';
/** An answer of SAML is the longest form. */
const form = express.text({ type: 'application/x-www-form-urlencoded', limit: '512kb' });

/** Where browsers are led through when an identity provider signs somebody in: no calls of programs, so no procedures. */
export function sso(deps: Deps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const step = (what: string, take: (visit: Visit) => Promise<void>): RequestHandler<Params>[] => [
    form,
    async (req, res) => {
      currentPlace().route = `/api${PATH.replaceAll(/:(\w+)/g, '{$1}')}/${what}`;
      const visit = await visitOf(deps, { req, res });
      assertNavigation(req, res);
      try {
        await visit.api.limits.consume('sso_by_address', placeOf(visit.api.clientAddress));
        await take(visit);
      } catch (error) {
        turnBack(visit, error);
      }
    },
  ];
  router.get(`${PATH}/login`, step('login', begin));
  const callback = step('callback', finish);
  router.get(`${PATH}/callback`, callback).post(`${PATH}/callback`, callback);
  router.post(`${PATH}/username`, step('username', chooseUsername));
  router.get(`${PATH}/metadata`, async (req, res) => {
    currentPlace().route = `/api${PATH.replaceAll(/:(\w+)/g, '{$1}')}/metadata`;
    // A provider is told of us before anybody may sign in by it.
    await metadata(await visitOf(deps, { req, res }, 'or disabled'));
  });
  return router;
}

/**
 * A step is one that somebody takes with a browser: not what a page of anybody loads by itself, to use up what may be done
 * from a place, and no look ahead (Fetch Metadata; those that do not send it are taken at their word).
 */
function assertNavigation({ method, headers }: Request<Params>, res: Response): void {
  if (method === 'HEAD') {
    res.setHeader('Allow', 'GET, POST');
    throw new GatehouseError('method_not_allowed', 'Signing in takes a GET or a POST.');
  }
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'document')
    throw new GatehouseError('forbidden', 'Send the browser here; this cannot be loaded by a page or a script.');
}

type Visit = {
  req: Request<Params>;
  res: Response;
  api: ApiContext;
  core: Context;
  providers: Providers;
  option: RedirectOption;
  /** The front end, where people come from and go back to. */
  base: string;
  /** Whose cookie: of this login option, now. */
  place: { settings: Settings; option: string; now: Date };
};

async function visitOf(
  { providers, settings, createContext }: Deps,
  { req, res }: { req: Request<Params>; res: Response },
  disabled?: 'or disabled',
): Promise<Visit> {
  const api = createContext(req);
  const core = await api.enter({ kind: 'system', id: 'sso' });
  const { option, frontEnd: base } = await readSsoOption(core, req.params, disabled);
  if (option.provider_type === 'ldap') throw notFound('login option with an identity provider of its own pages');
  return { req, res, api, core, providers, option, base, place: { settings, option: option.id, now: core.now } };
}

async function begin(visit: Visit): Promise<void> {
  const { req, res, providers, option, base, place } = visit;
  const return_to = returnTo(base, req.query['return_to']);
  const { url, begun } = await providers.begin(option);
  const replaces = await sessionOf(visit);
  const crossSite = option.provider_type === 'saml';
  keepSsoCookie(res, place, { stage: 'begun', return_to, replaces, begun, crossSite });
  res.redirect(303, url);
}

async function finish(visit: Visit): Promise<void> {
  const { req, res, providers, option, base, place } = visit;
  const kept = readSsoCookie(req, place);
  if (kept?.stage !== 'begun') throw strayed();
  dropSsoCookie(res, place.settings);
  const answer = new URLSearchParams(req.method === 'POST' ? textOf(req.body) : new URL(req.url, base).search);
  const vouched = await providers.finish(option, { begun: kept.begun, answer });
  await enter(visit, { ...kept, vouched });
}

/** Whom the provider has just vouched for, and whose username there cannot be had here, has chosen another. */
async function chooseUsername(visit: Visit): Promise<void> {
  const { req, base, place } = visit;
  refuseForeignPages(req, [place.settings.publicUrl, base]);
  const kept = readSsoCookie(req, place);
  if (kept?.stage !== 'unnamed') throw strayed();
  const username = Username.safeParse(new URLSearchParams(textOf(req.body)).get('new_username'));
  if (!username.success) return askForUsername(visit, 'invalid_input');
  await enter(visit, { ...kept, username: username.data });
}

type Entering = Pick<Kept, 'return_to' | 'replaces' | 'until'> & { vouched: Vouched; username?: string };

async function enter(visit: Visit, entering: Entering): Promise<void> {
  const { req, res, api, core, place } = visit;
  const { vouched, return_to, replaces, username, until } = entering;
  try {
    const login = await logInByRedirect.execute(core, {
      ...req.params,
      vouched,
      replaces,
      ...(username === undefined ? {} : { username }),
    });
    dropSsoCookie(res, place.settings);
    await api.limits.giveBack('sso_by_address', placeOf(api.clientAddress));
    api.keepSession(login);
    res.redirect(303, return_to);
  } catch (error) {
    if (!(error instanceof GatehouseError) || !AGAIN.has(error.code)) throw error;
    // The username is no use here, and a cookie that is too long is not kept.
    const kept = { ...vouched, username: null, name: vouched.name && [...vouched.name].slice(0, 100).join('') };
    keepSsoCookie(res, place, { stage: 'unnamed', return_to, replaces, vouched: kept, until, crossSite: false });
    askForUsername(visit, error.code);
  }
}

/** The one that this browser has kept until now. It is only ended, so it does not matter whose page has sent it along. */
async function sessionOf({ req, core, place }: Visit): Promise<{ sessionId: string; portalId: string } | null> {
  const token = readSessionCookie(req, place.settings);
  const { actor } = (token === null ? null : await authenticateSession(core, token)) ?? {};
  return actor ? { sessionId: actor.sessionId, portalId: actor.portalId } : null;
}

/** `username_taken`: another has taken it in this very moment. */
const AGAIN: ReadonlySet<string> = new Set(['username_needed', 'username_taken']);

function askForUsername({ res, base, option }: Visit, error: string): void {
  res.redirect(303, pageOf(base, '/choose_username', { login_option_id: option.id, error }));
}

async function metadata({ res, providers, option }: Visit): Promise<void> {
  if (option.provider_type !== 'saml') throw notFound('metadata of this login option');
  res.type('application/samlmetadata+xml').send(await providers.metadata(option));
}

const strayed = (): GatehouseError =>
  new GatehouseError('sign_in_refused', 'This sign-in was not begun in this browser, or took too long. Begin anew.');

const textOf = (body: unknown): string => (typeof body === 'string' ? body : '');

/** A person is not left with a problem document, but is taken back to where the sign-in began. */
function turnBack({ res, base }: Visit, error: unknown): void {
  if (!(error instanceof GatehouseError) || DOCUMENTS.has(error.code)) throw error;
  currentPlace().errorCode = error.code;
  res.redirect(303, pageOf(base, '/sign_in', { error: error.code }));
}

/** What no person does, but a page or a program that is wrong. */
const DOCUMENTS: ReadonlySet<string> = new Set(['invalid_input', 'forbidden']);
