import { Username } from '@gatehouse/contract/developer';
import { refuseForeignPages } from '../http/session-cookie.ts';
import { logIn, sessionOf, settleAttempt } from './attempt.ts';
import { returnTo } from './front-end.ts';
import { sendPostPage } from './post-page.ts';
import { endOf, keyOf } from './sso-cookie.ts';
import {
  askForUsername,
  keep,
  ownSignIns,
  readSsoForm,
  repeatRedirect,
  unknownSignIn,
  type SsoVisit,
} from './sso-visit.ts';

/** Redirects the browser to the provider. */
export async function begin(visit: SsoVisit): Promise<void> {
  const { req, res, providers, option, base, settings, now } = visit;
  const return_to = returnTo(base, req.query['return_to']);
  const { url, begun, form } = await providers.begin(option);
  const replaces = await sessionOf(visit);
  keep(visit, {
    key: keyOf(begun.state),
    stored: { stage: 'begun', login_option: option.id, until: endOf(now), return_to, replaces, begun },
  });
  if (form) sendPostPage(req, res, { publicUrl: settings.publicUrl, url, form });
  else res.redirect(303, url);
}

/**
 * Handles the return from the provider. Only the sign-in that the state belongs to changes; other tabs are unaffected.
 */
export async function finish(visit: SsoVisit): Promise<void> {
  const { req, providers, option, base } = visit;
  const again = req.query['sign_in'];
  if (typeof again === 'string')
    return repeatRedirect(
      visit,
      ownSignIns(visit).find(({ key }) => key === again),
    );
  const answer = req.method === 'POST' ? await readSsoForm(visit) : new URL(req.url, base).searchParams;
  const presented = keyOf(await providers.stateOf(option, answer));
  const signIn = ownSignIns(visit).find(({ key }) => key === presented);
  if (!signIn) throw unknownSignIn();
  const { key, stored } = signIn;
  switch (stored.stage) {
    case 'done':
      return repeatRedirect(visit, signIn);
    case 'unnamed':
      return askForUsername(visit, key, 'username_needed');
    case 'begun': {
      const { begun } = stored;
      const run = async () => logIn(visit, stored, { claims: await providers.finish(option, { begun, answer }) });
      return settleAttempt(visit, { key, stored }, { answer: answer.toString(), run });
    }
  }
}

/** Continues with a chosen username. A form without `sign_in` is for the newest sign-in that needs one. */
export async function chooseUsername(visit: SsoVisit): Promise<void> {
  const { req, base, settings } = visit;
  refuseForeignPages(req, [settings.publicUrl, base]);
  const form = await readSsoForm(visit);
  const wanted = form.get('sign_in') ?? '';
  const signIns = ownSignIns(visit).filter(({ key, stored }) =>
    wanted === '' ? stored.stage !== 'begun' : key === wanted,
  );
  const [signIn] = signIns;
  if (signIn?.stored.stage !== 'unnamed') return repeatRedirect(visit, signIn);
  const { key, stored } = signIn;
  const username = Username.safeParse(form.get('new_username')).data;
  if (username === undefined) return askForUsername(visit, key, 'invalid_input');
  const run = () => logIn(visit, stored, { claims: stored.claims, username });
  await settleAttempt(visit, { key, stored }, { answer: username, run });
}
