import { GatehouseError, type ErrorCode } from '@gatehouse/contract/errors';
import type { VerifiedClaims } from '@gatehouse/contract/verified-claims';
import { loginByRedirect } from '@gatehouse/core/auth/login-by-redirect';
import { authenticateSession } from '@gatehouse/core/session/authenticate-session';
import { networkOf } from '../http/network-of.ts';
import { sessionCookie } from '../http/session-cookie.ts';
import { dropSignIn, signInsOf, type StoredSignIn } from './sso-cookie.ts';
import { askForUsername, keep, type AttemptOutcome, type SsoVisit } from './sso-visit.ts';

/** A sign-in that is not complete. */
export type OpenSignIn = { key: string; stored: Extract<StoredSignIn, { stage: 'begun' | 'unnamed' }> };

/** `answer`: the parameters that the browser sent. They distinguish attempts. */
type Attempt = { answer: string; run: () => Promise<AttemptOutcome> };

/** Runs an attempt once, even for concurrent requests, and answers the browser with its outcome. */
export async function settleAttempt(visit: SsoVisit, { key, stored }: OpenSignIn, attempt: Attempt): Promise<void> {
  const { api, res, running } = visit;
  const name = `${key} ${stored.stage} ${attempt.answer}`;
  const result = running.get(name) ?? attempt.run().finally(() => running.delete(name));
  running.set(name, result);
  const { login_option, return_to, replaces, until } = stored;
  const outcome = await result.catch((error: unknown) => {
    if (error instanceof GatehouseError && error.code === 'sign_in_refused') return null;
    // A code or ticket can be redeemed only once, while another username can be tried.
    if (stored.stage === 'begun') dropSignIn(visit, key);
    throw error;
  });
  // A concurrent request may have signed the browser in with this response. After a redirect, its cookies show that.
  if (!outcome) return res.redirect(303, `callback?sign_in=${key}`);
  if ('code' in outcome) {
    const { claims, code } = outcome;
    keep(visit, { key, stored: { stage: 'unnamed', login_option, return_to, replaces, until, claims } });
    return askForUsername(visit, key, code);
  }
  const { login } = outcome;
  keep(visit, { key, stored: { stage: 'done', login_option, return_to, until, token: login.token } });
  await api.limits.giveBack({ name: 'sso_by_address', key: networkOf(api.clientAddress) });
  api.keepSession(login);
  res.redirect(303, return_to);
}

export async function logIn(
  visit: SsoVisit,
  { replaces }: OpenSignIn['stored'],
  { claims, ...chosen }: { claims: VerifiedClaims; username?: string },
): Promise<AttemptOutcome> {
  // Another tab may have signed in since this sign-in began.
  const current = (await sessionOf(visit)) ?? replaces;
  try {
    return {
      login: await loginByRedirect.execute(visit.core, { ...visit.req.params, claims, replaces: current, ...chosen }),
    };
  } catch (error) {
    if (error instanceof GatehouseError && USERNAME_ERRORS.has(error.code))
      return { code: error.code, claims: shortened(claims) };
    throw error;
  }
}

/** `username_taken`: another developer took the username during the attempt. */
const USERNAME_ERRORS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['username_needed', 'username_taken']);

/** Browsers limit cookies to 4 KB, so this drops the username and values that are too long to be accepted. */
const shortened = (claims: VerifiedClaims): VerifiedClaims => ({
  ...claims,
  username: null,
  email: claims.email !== null && claims.email.length > 254 ? null : claims.email,
  name: claims.name && [...claims.name].slice(0, 100).join(''),
});

/**
 * The session of the browser. A form posted by another site lacks the session cookie, so the last completed sign-in of
 * this browser also counts. The session is only ended, so it does not matter who caused the request.
 */
export async function sessionOf(visit: SsoVisit): Promise<{ sessionId: string; portalId: string } | null> {
  const last = signInsOf(visit).find(({ stored }) => stored.stage === 'done')?.stored;
  const token = sessionCookie(visit.settings).read(visit.req) ?? (last?.stage === 'done' ? last.token : null);
  const { actor } = (token === null ? null : await authenticateSession(visit.core, token)) ?? {};
  return actor ? { sessionId: actor.sessionId, portalId: actor.portalId } : null;
}
