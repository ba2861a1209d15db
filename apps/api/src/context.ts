import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError } from '@gatehouse/contract/errors';
import type { Context, IdentityProviders, Settings } from '@gatehouse/core/kernel/context';
import { SESSION_PREFIX } from '@gatehouse/core/session/authenticate-session';
import { speakFor } from '@gatehouse/core/token/authenticate';
import type { UseCaseAccess } from '@gatehouse/core/kernel/use-case';
import type { Request, Response } from 'express';
import { readDeveloperId, readToken, UNREADABLE_TOKEN } from './http/credentials.ts';
import { acceptedLocale } from './http/accepted-locale.ts';
import { credentialOf } from './http/concurrent-calls.ts';
import type { Lanes } from './http/lanes.ts';
import { networkOf } from './http/network-of.ts';
import { requestOrigin } from './http/request-origin.ts';
import type { RateLimits } from './http/rate-limit.ts';
import { currentRequest } from './http/current-request.ts';
import type { Callers } from './remember-callers.ts';
import { consoleCookie, refuseForeignPages, refuseOtherPages, sessionCookie } from './http/session-cookie.ts';
import type { BatchAnswer } from './trpc/batch-answer.ts';

/** What the procedures of one HTTP request share. */
export type ApiContext = {
  now: Date;
  clientAddress: string;
  limits: RateLimits;
  hasIdempotencyKey: boolean;
  /** Undefined outside a batch. */
  batch?: BatchAnswer | undefined;
  lanes: Lanes;
  /** The credential or the network of the caller, before any look-up. It shares lanes fairly. */
  caller: string;
  /** The caller. Throws `unauthenticated` for a wrong token. All calls of a batch share one look-up. */
  authenticate(): Promise<Actor>;
  /** The context in core of a call with this access, for the caller or for the developer whom a portal token names. */
  enter(caller: Actor, access: UseCaseAccess): Promise<Context>;
  /** Clears the browser's cookie of the console. */
  dropConsoleSession(): void;
  /** Sets the browser's session cookie, or clears it for null. */
  keepSession(session: { token: string; expires_at: string } | null): void;
};

export type ContextDeps = Pick<Context, 'em' | 'onCommitted' | 'replica'> & {
  settings: Settings;
  limits: RateLimits;
  clock: () => Date;
  callers: Callers;
  lanes: Lanes;
  providers: IdentityProviders;
};

/** Whose cookies count. Pages of portals are for developers, also in the browser of an operator. */
type Audience = 'everyone' | 'developers';

export function createContext(deps: ContextDeps, req: Request, audience: Audience = 'everyone'): ApiContext {
  const { em, replica, settings, limits, clock, callers, lanes, onCommitted, providers } = deps;
  const now = clock();
  const request = currentRequest();
  let authenticated: Promise<Actor> | undefined;
  return {
    now,
    clientAddress: req.ip ?? '',
    limits,
    hasIdempotencyKey: req.headers['idempotency-key'] !== undefined,
    lanes,
    caller: credentialOf(req, settings) ?? networkOf(req.ip ?? ''),
    authenticate() {
      authenticated ??= authenticate({ em, now, settings, callers, audience }, req);
      return authenticated;
    },
    async enter(holder, access) {
      const developerId = readDeveloperId(req, access);
      const actor = developerId === null ? holder : await speakFor({ em, actor: holder }, developerId);
      request.actor = actor;
      const { ownId: requestId } = request;
      const locale = acceptedLocale(req);
      const onSession: Context['onSession'] = ({ secret, expiresAt: expires }) =>
        consoleCookie(settings).keep(responseTo(req), secret, { expires });
      const origin = requestOrigin(req);
      const call = { em, replica, actor, now, requestId, locale, origin, settings, providers, onSession };
      return onCommitted ? { ...call, onCommitted } : call;
    },
    dropConsoleSession: () => consoleCookie(settings).drop(responseTo(req)),
    keepSession(session) {
      const res = responseTo(req);
      if (session) sessionCookie(settings).keep(res, session.token, { expires: new Date(session.expires_at) });
      else sessionCookie(settings).drop(res);
    },
  };
}

function responseTo({ res }: Request): Response {
  if (!res) throw new Error('a request without its response');
  return res;
}

type AuthenticationContext = Pick<Context, 'em' | 'now' | 'settings'> & { callers: Callers; audience: Audience };

async function authenticate(context: AuthenticationContext, req: Request): Promise<Actor> {
  const token = readToken(req.headers);
  if (token === null) return byCookie(context, req);
  const actor = token === UNREADABLE_TOKEN ? null : await holderOf(context, token);
  const request = currentRequest();
  if (actor) {
    request.actor = actor;
    return actor;
  }
  request.invalidToken = true;
  throw new GatehouseError('unauthenticated', 'The token is not valid: unknown, revoked or expired.');
}

async function holderOf(context: AuthenticationContext, token: string): Promise<Actor | null> {
  const { ofSession, ofToken } = context.callers;
  const caller = await (token.startsWith(SESSION_PREFIX) ? ofSession(context, token) : ofToken(context, token));
  return caller?.actor ?? null;
}

/**
 * Browsers keep sending the cookie of an ended session. They are treated like browsers without a session. An operator who
 * is also signed in as a developer acts as an operator.
 */
async function byCookie(context: AuthenticationContext, req: Request): Promise<Actor> {
  const secret = context.audience === 'developers' ? null : consoleCookie(context.settings).read(req);
  const inConsole = secret === null ? null : await context.callers.ofConsoleSession(context, secret);
  if (inConsole) {
    refuseOtherPages(req, context.settings);
    currentRequest().actor = inConsole.actor;
    return inConsole.actor;
  }
  const token = sessionCookie(context.settings).read(req);
  const session = token === null ? null : await context.callers.ofSession(context, token);
  if (!session) return { kind: 'anonymous' };
  refuseForeignPages(req, [context.settings.publicUrl, session.portalUrl]);
  currentRequest().actor = session.actor;
  return session.actor;
}
