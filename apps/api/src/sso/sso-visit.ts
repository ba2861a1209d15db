import { GatehouseError } from '@gatehouse/contract/errors';
import type { Login } from '@gatehouse/contract/session';
import type { RedirectOption } from '@gatehouse/contract/sso-option';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import type { ErrorCode } from '@gatehouse/contract/errors';
import type { Context, Settings } from '@gatehouse/core/kernel/context';
import { authenticateSession } from '@gatehouse/core/session/authenticate-session';
import type { Request, Response } from 'express';
import type { ApiContext } from '../context.ts';
import { readForm } from '../http/read-form.ts';
import { ANONYMOUS_LIMIT } from '../http/read-text.ts';
import { pageOf } from './front-end.ts';
import type { Providers } from './providers.ts';
import { dropSignIn, keepSignIn, signInsOf, type SignIn } from './sso-cookie.ts';

/** A browser at one step of a sign-in with a login option. */
export type SsoVisit = {
  req: Request<{ portal_id: string; login_option_id: string }>;
  res: Response;
  api: ApiContext;
  core: Context;
  providers: Providers;
  option: RedirectOption;
  /** The URL of the front end, where sign-ins begin and end. */
  base: string;
  settings: Settings;
  now: Date;
  running: RunningAttempts;
};

/** Attempts in progress in this process. A second click gets the outcome of the first. */
export type RunningAttempts = Map<string, Promise<AttemptOutcome>>;
/** `code`: why the person must choose a username. */
export type AttemptOutcome = { login: Login } | { code: ErrorCode; claims: VerifiedClaims };

export const ownSignIns = (visit: SsoVisit): SignIn[] =>
  signInsOf(visit).filter(({ stored }) => stored.login_option === visit.option.id);

export const keep = (visit: SsoVisit, signIn: SignIn): void =>
  keepSignIn(visit, signIn, { crossSite: visit.option.provider_type === 'saml' });

/** Repeats the redirect when the browser reloads a completed step, as long as its session is alive. */
export async function repeatRedirect(visit: SsoVisit, signIn: SignIn | undefined): Promise<void> {
  if (!signIn) throw unknownSignIn();
  const { key, stored } = signIn;
  if (stored.stage === 'done' && (await authenticateSession(visit.core, stored.token)))
    return visit.res.redirect(303, stored.return_to);
  dropSignIn(visit, key);
  throw unknownSignIn();
}

export function askForUsername({ res, base, option }: SsoVisit, key: string, error: string): void {
  res.redirect(303, pageOf(base, '/choose_username', { login_option_id: option.id, sign_in: key, error }));
}

export const unknownSignIn = (): GatehouseError =>
  new GatehouseError(
    'sign_in_refused',
    'This sign-in was not started in this browser, or it took too long. Sign in again.',
  );

/** Bytes. SAML responses are the longest forms, and come only from browsers with a started sign-in. */
const LONGEST_FORM = 512 * 1024;

export const readSsoForm = (visit: SsoVisit): Promise<URLSearchParams> =>
  readForm(visit.req, visit.res, ownSignIns(visit).length > 0 ? LONGEST_FORM : ANONYMOUS_LIMIT);
