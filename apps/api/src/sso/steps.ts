import { Username } from '@gatehouse/contract/developer';
import { GatehouseError, type ErrorCode } from '@gatehouse/contract/errors';
import type { RedirectOption, Vouched } from '@gatehouse/contract/login-option';
import type { Login } from '@gatehouse/contract/session';
import type { Context, Settings } from '@gatehouse/core/kernel/context';
import { loginByRedirect } from '@gatehouse/core/auth/login-by-redirect';
import { authenticateSession } from '@gatehouse/core/session/authenticate-session';
import type { Request, Response } from 'express';
import type { ApiContext } from '../context.ts';
import { networkOf } from '../http/network-of.ts';
import { readForm } from '../http/read-form.ts';
import { ANONYMOUS_LIMIT } from '../http/read-text.ts';
import { readSessionCookie, refuseForeignPages } from '../http/session-cookie.ts';
import { pageOf, returnTo } from './front-end.ts';
import { sendPostPage } from './post-page.ts';
import type { Providers } from './providers.ts';
import { dropSignIn, endOf, keepSignIn, keyOf, signInsOf, type Kept, type SignIn } from './sso-cookie.ts';

/** A browser at one step of a sign-in by a login option. */
export type Visit = {
  req: Request<{ portal_id: string; login_option_id: string }>;
  res: Response;
  api: ApiContext;
  core: Context;
  providers: Providers;
  option: RedirectOption;
  /** The front end, where people come from and go back to. */
  base: string;
  settings: Settings;
  now: Date;
  running: Running;
};

/** Attempts that this process is answering. A second click meanwhile gets the outcome of the first. */
export type Running = Map<string, Promise<Outcome>>;
/** `code`: why the person must choose a username. */
type Outcome = { login: Login } | { code: ErrorCode; vouched: Vouched };

/** A sign-in that is not complete. */
type Open = { key: string; kept: Extract<Kept, { stage: 'begun' | 'unnamed' }> };

/** Sends the browser to the provider. */
export async function begin(visit: Visit): Promise<void> {
  const { req, res, providers, option, base, settings, now } = visit;
  const return_to = returnTo(base, req.query['return_to']);
  const { url, begun, form } = await providers.begin(option);
  const replaces = await sessionOf(visit);
  keep(visit, {
    key: keyOf(begun.state),
    kept: { stage: 'begun', login_option: option.id, until: endOf(now), return_to, replaces, begun },
  });
  if (form) sendPostPage(req, res, { publicUrl: settings.publicUrl, url, form });
  else res.redirect(303, url);
}

/** The browser comes back. Only the sign-in that the state belongs to is touched: other tabs go on. */
export async function finish(visit: Visit): Promise<void> {
  const { req, providers, option, base } = visit;
  const again = req.query['sign_in'];
  if (typeof again === 'string')
    return leadOn(
      visit,
      ownSignIns(visit).find(({ key }) => key === again),
    );
  const answer = req.method === 'POST' ? await formIn(visit) : new URL(req.url, base).searchParams;
  const signIn = ownSignIns(visit).find(({ key }) => key === keyOf(providers.stateOf(option, answer)));
  if (!signIn) throw strayed();
  const { key, kept } = signIn;
  switch (kept.stage) {
    case 'done':
      return leadOn(visit, signIn);
    case 'unnamed':
      return askForUsername(visit, key, 'username_needed');
    case 'begun': {
      const { begun } = kept;
      return settle(
        visit,
        { key, kept },
        {
          sent: answer.toString(),
          ask: async () => logIn(visit, kept, { vouched: await providers.finish(option, { begun, answer }) }),
        },
      );
    }
  }
}

/** The person has chosen a username. A form without `sign_in` is for the newest sign-in that needs one. */
export async function chooseUsername(visit: Visit): Promise<void> {
  const { req, base, settings } = visit;
  refuseForeignPages(req, [settings.publicUrl, base]);
  const form = await formIn(visit);
  const wanted = form.get('sign_in') ?? '';
  const signIns = ownSignIns(visit).filter(({ key, kept }) =>
    wanted === '' ? kept.stage !== 'begun' : key === wanted,
  );
  const [signIn] = signIns;
  if (signIn?.kept.stage !== 'unnamed') return leadOn(visit, signIn);
  const { key, kept } = signIn;
  const username = Username.safeParse(form.get('new_username')).data;
  if (username === undefined) return askForUsername(visit, key, 'invalid_input');
  const { vouched } = kept;
  await settle(visit, { key, kept }, { sent: username, ask: () => logIn(visit, kept, { vouched, username }) });
}

/** Answers the browser with what became of the attempt. The same attempt is made once, however many requests ask for it. */
async function settle(
  visit: Visit,
  { key, kept }: Open,
  { sent, ask }: { sent: string; ask: () => Promise<Outcome> },
): Promise<void> {
  const { api, res, running } = visit;
  const name = `${key} ${kept.stage} ${sent}`;
  const asked = running.get(name) ?? ask().finally(() => running.delete(name));
  running.set(name, asked);
  const { login_option, return_to, replaces, until } = kept;
  const outcome = await asked.catch((error: unknown) => {
    if (error instanceof GatehouseError && error.code === 'sign_in_refused') return null;
    // A code or a ticket counts once at the provider. A username can be sent again.
    if (kept.stage === 'begun') dropSignIn(visit, key);
    throw error;
  });
  // Perhaps the browser was just signed in by the same answer. Its cookies say so when it asks again.
  if (!outcome) return res.redirect(303, `callback?sign_in=${key}`);
  if ('code' in outcome) {
    keep(visit, {
      key,
      kept: { stage: 'unnamed', login_option, return_to, replaces, until, vouched: outcome.vouched },
    });
    return askForUsername(visit, key, outcome.code);
  }
  const { login } = outcome;
  keep(visit, { key, kept: { stage: 'done', login_option, return_to, until, token: login.token } });
  await api.limits.giveBack({ name: 'sso_by_address', key: networkOf(api.clientAddress) });
  api.keepSession(login);
  res.redirect(303, return_to);
}

async function logIn(
  visit: Visit,
  { replaces }: Open['kept'],
  { vouched, ...chosen }: { vouched: Vouched; username?: string },
): Promise<Outcome> {
  // Another tab may have signed in since this sign-in began.
  const current = (await sessionOf(visit)) ?? replaces;
  try {
    return {
      login: await loginByRedirect.execute(visit.core, { ...visit.req.params, vouched, replaces: current, ...chosen }),
    };
  } catch (error) {
    if (error instanceof GatehouseError && AGAIN.has(error.code))
      return { code: error.code, vouched: shortened(vouched) };
    throw error;
  }
}

/** `username_taken`: another developer took it at this very moment. */
const AGAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['username_needed', 'username_taken']);

/** Browsers keep no cookie of more than 4 KB. The username is of no use here, nor is an address or a name that is too long. */
const shortened = (vouched: Vouched): Vouched => ({
  ...vouched,
  username: null,
  email: vouched.email !== null && vouched.email.length > 254 ? null : vouched.email,
  name: vouched.name && [...vouched.name].slice(0, 100).join(''),
});

/**
 * The session that the browser has. A form that another site posts does not bring the session's cookie along, so the last
 * sign-in that this browser completed counts too. The session is only ended, so it does not matter who had it sent.
 */
async function sessionOf(visit: Visit): Promise<{ sessionId: string; portalId: string } | null> {
  const last = signInsOf(visit).find(({ kept }) => kept.stage === 'done')?.kept;
  const token = readSessionCookie(visit.req, visit.settings) ?? (last?.stage === 'done' ? last.token : null);
  const { actor } = (token === null ? null : await authenticateSession(visit.core, token)) ?? {};
  return actor ? { sessionId: actor.sessionId, portalId: actor.portalId } : null;
}

/** A step that the browser loads again leads to where it led before, while the session that it began is alive. */
async function leadOn(visit: Visit, signIn: SignIn | undefined): Promise<void> {
  if (!signIn) throw strayed();
  const { key, kept } = signIn;
  if (kept.stage === 'done' && (await authenticateSession(visit.core, kept.token)))
    return visit.res.redirect(303, kept.return_to);
  dropSignIn(visit, key);
  throw strayed();
}

function askForUsername({ res, base, option }: Visit, key: string, error: string): void {
  res.redirect(303, pageOf(base, '/choose_username', { login_option_id: option.id, sign_in: key, error }));
}

const ownSignIns = (visit: Visit): SignIn[] =>
  signInsOf(visit).filter(({ kept }) => kept.login_option === visit.option.id);

const keep = (visit: Visit, signIn: SignIn): void =>
  keepSignIn(visit, signIn, { crossSite: visit.option.provider_type === 'saml' });

const strayed = (): GatehouseError =>
  new GatehouseError(
    'sign_in_refused',
    'This sign-in was not started in this browser, or it took too long. Sign in again.',
  );

/** Bytes. The answers of SAML are the longest forms, and come from browsers that have begun a sign-in. */
const LONGEST_ANSWER = 512 * 1024;

const formIn = (visit: Visit): Promise<URLSearchParams> =>
  readForm(visit.req, visit.res, ownSignIns(visit).length > 0 ? LONGEST_ANSWER : ANONYMOUS_LIMIT);
