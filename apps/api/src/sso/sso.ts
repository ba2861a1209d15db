import { LoginOptionRef } from '@gatehouse/contract/login-option';
import { GatehouseError, notFound } from '@gatehouse/contract/errors';
import type { Settings } from '@gatehouse/core/kernel/context';
import { readSsoOption } from '@gatehouse/core/login-option/read-sso-option';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { ApiContext } from '../context.ts';
import { networkOf } from '../http/network-of.ts';
import { isUndecided, undoable } from '../http/rate-limit.ts';
import { currentRequest } from '../http/current-request.ts';
import { pageOf } from './front-end.ts';
import type { Providers } from './providers.ts';
import type { RunningAttempts, SsoVisit } from './sso-visit.ts';
import { begin, chooseUsername, finish } from './steps.ts';

type Deps = { providers: Providers; settings: Settings; createContext: (req: Request) => ApiContext };
type Params = { portal_id: string; login_option_id: string };

const PATH = '/portals/:portal_id/auth/sso/:login_option_id';

/** The routes of a sign-in at an identity provider. They serve browsers, so they are not tRPC procedures. */
export function sso(deps: Deps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const running: RunningAttempts = new Map();
  const step =
    (what: string, take: (visit: SsoVisit) => Promise<void>): RequestHandler<Params> =>
    async (req, res) => {
      currentRequest().route = `/api${PATH.replaceAll(/:(\w+)/g, '{$1}')}/${what}`;
      const visit = await visitOf(deps, { req, res, running });
      assertNavigation(req, res);
      const limits = undoable(visit.api.limits);
      try {
        await limits.consume({ name: 'sso_by_address', key: networkOf(visit.api.clientAddress) });
        await take(visit);
      } catch (error) {
        if (isUndecided(error)) await limits.undo();
        turnBack(visit, error);
      }
    };
  router.get(`${PATH}/login`, step('login', begin));
  const callback = step('callback', finish);
  router.get(`${PATH}/callback`, callback).post(`${PATH}/callback`, callback);
  router.post(`${PATH}/username`, step('username', chooseUsername));
  router.get(`${PATH}/metadata`, async (req, res) => {
    currentRequest().route = `/api${PATH.replaceAll(/:(\w+)/g, '{$1}')}/metadata`;
    // Disabled options also serve their metadata, because the provider needs it first.
    await metadata(await visitOf(deps, { req, res, running }, 'or disabled'));
  });
  return router;
}

/**
 * Allows only navigations (by Fetch Metadata, if the browser sends it). Prefetches and subrequests of other pages could
 * otherwise use up the rate limit of a visitor's network.
 */
function assertNavigation({ method, headers }: Request<Params>, res: Response): void {
  if (method === 'HEAD') {
    res.setHeader('Allow', 'GET, POST');
    throw new GatehouseError('method_not_allowed', 'Sign-in accepts GET and POST only.');
  }
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined && destination !== 'document')
    throw new GatehouseError('forbidden', 'Navigate the browser to this URL. Pages and scripts cannot load it.');
}

async function visitOf(
  { providers, settings, createContext }: Deps,
  { req, res, running }: { req: Request<Params>; res: Response; running: RunningAttempts },
  disabled?: 'or disabled',
): Promise<SsoVisit> {
  const api = createContext(req);
  const core = await api.enter({ kind: 'system', id: 'sso' }, 'public');
  const ref = LoginOptionRef.safeParse(req.params).data;
  if (!ref) throw notFound('login option');
  const { option, frontEnd: base } = await readSsoOption(core, ref, disabled);
  if (option.provider_type === 'ldap') throw notFound('login option that redirects to an identity provider');
  return { req, res, api, core, providers, option, base, settings, now: core.now, running };
}

async function metadata({ res, providers, option }: SsoVisit): Promise<void> {
  if (option.provider_type !== 'saml') throw notFound('metadata for this login option');
  res.type('application/samlmetadata+xml').send(await providers.metadata(option));
}

/** Redirects people to the page where the sign-in began, instead of showing them a problem document. */
function turnBack({ res, base }: SsoVisit, error: unknown): void {
  if (!(error instanceof GatehouseError) || DOCUMENTS.has(error.code)) throw error;
  currentRequest().errorCode = error.code;
  res.redirect(303, pageOf(base, '/sign_in', { error: error.code }));
}

/** Errors that only a faulty page or program causes. */
const DOCUMENTS: ReadonlySet<string> = new Set(['invalid_input', 'forbidden']);
