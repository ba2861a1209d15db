import { html } from '@gatehouse/words/html';
import { formOf } from '../pages/forms.ts';
import { moveTo, typed } from '../pages/page.ts';
import { askToSignOut } from '../pages/sign-out.ts';
import { returnTo } from '../pages/return-to.ts';
import { answered } from '../pages/visit.ts';
import type { ConsolePage, ConsoleVisit } from './console-visit.ts';

/** The page that the operator wanted to see: any page of this service. */
export const wanted = ({ form, query, prefix, base }: ConsoleVisit): string => {
  const path = returnTo(form.get('return_to') ?? query.get('return_to'), prefix);
  return path === prefix ? base : path;
};

export const signIn: ConsolePage = {
  path: '/sign_in',
  audience: 'visitor',
  show(visit) {
    const { texts, base } = visit;
    const hidden = { return_to: wanted(visit) };
    const byPassword = formOf(visit, {
      action: 'sign_in',
      submit: texts.signIn.submit,
      fields: [
        { name: 'email', label: texts.fields.email, type: 'email', autocomplete: 'username' },
        { name: 'password', label: texts.fields.password, type: 'password', autocomplete: 'current-password' },
      ],
      hidden,
    });
    const byToken = formOf(visit, {
      action: 'use_token',
      submit: texts.console.byToken,
      fields: [{ name: 'token', label: texts.console.token, type: 'password' }],
      hidden,
    });
    return {
      title: texts.signIn.title,
      body: html`${byPassword}
        <p><a href="${base}/forgot_password">${texts.signIn.forgot}</a></p>
        <h2>${texts.console.byToken}</h2>
        <p>${texts.console.tokenText}</p>
        ${byToken}`,
    };
  },
  actions: {
    async sign_in(visit) {
      await answered(visit.calls.console.login({ email: typed(visit, 'email'), password: typed(visit, 'password') }));
      return { goTo: wanted(visit) };
    },
    async use_token(visit) {
      await answered(visit.calls.console.loginWithToken({ token: typed(visit, 'token').trim() }));
      return { goTo: wanted(visit) };
    },
  },
};

export const signOut: ConsolePage = {
  path: '/sign_out',
  audience: 'operator',
  show: askToSignOut,
  actions: {
    async sign_out(visit) {
      await answered(visit.calls.console.logout());
      return moveTo(visit, '/sign_in', 'signed_out');
    },
  },
};
