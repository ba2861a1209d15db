import { SHORTEST } from '@gatehouse/core/console/operator-password';
import type { OperatorLinkKind } from '@gatehouse/core/email/signed-link';
import { GatehouseError } from '@gatehouse/contract/errors';
import { html } from '@gatehouse/words/html';
import { formOf } from '../pages/forms.ts';
import { choosePasswordField, DEAD, deadLink, tokenOf } from '../pages/links.ts';
import { moveTo, typed } from '../pages/page.ts';
import { answered } from '../pages/visit.ts';
import type { ConsolePage, ConsoleVisit } from './console-visit.ts';

/** The operator to whom the link was mailed, or null if it no longer works. Opening the page does not use the link. */
async function linkOf(visit: ConsoleVisit, kind: OperatorLinkKind) {
  try {
    return await answered(visit.calls.console.describeLink({ kind, token: tokenOf(visit) }));
  } catch (error) {
    if (error instanceof GatehouseError && DEAD.has(error.code)) return null;
    throw error;
  }
}

export const invitation: ConsolePage = {
  path: '/invitation',
  audience: 'anyone',
  async show(visit) {
    const { texts, base } = visit;
    const link = await linkOf(visit, 'operator_invitation');
    const signIn = html`<a href="${base}/sign_in">${texts.invitation.signIn}</a>`;
    if (!link) return deadLink(visit, html`${texts.invitation.again} ${signIn}`);
    const form = formOf(visit, {
      action: 'accept',
      submit: texts.invitation.submit,
      fields: [choosePasswordField(texts, { label: 'password', minLength: SHORTEST })],
      hidden: { token: tokenOf(visit) },
    });
    return {
      title: texts.invitation.title,
      body: html`<p>${texts.invitation.text(texts.console.name, link.email)}</p>
        ${form}`,
    };
  },
  actions: {
    async accept(visit) {
      const input = { token: typed(visit, 'token'), password: typed(visit, 'password') };
      await answered(visit.calls.console.acceptInvitation(input));
      return moveTo(visit, '', 'invite_accepted');
    },
  },
};

export const resetPassword: ConsolePage = {
  path: '/password_reset',
  audience: 'anyone',
  async show(visit) {
    const { texts, base } = visit;
    const again = html`<a href="${base}/forgot_password">${texts.reset.again}</a>`;
    const link = await linkOf(visit, 'operator_password_reset');
    if (!link) return deadLink(visit, again);
    const form = formOf(visit, {
      action: 'reset',
      submit: texts.reset.submit,
      fields: [choosePasswordField(texts, { label: 'new_password', minLength: SHORTEST })],
      hidden: { token: tokenOf(visit) },
    });
    return {
      title: texts.reset.title,
      body: html`<p>${texts.reset.text(link.email)}</p>
        ${form}
        <p>${again}</p>`,
    };
  },
  actions: {
    async reset(visit) {
      const input = { token: typed(visit, 'token'), password: typed(visit, 'password') };
      await answered(visit.calls.console.resetPassword(input));
      return moveTo(visit, '/sign_in', 'password_set');
    },
  },
};

export const forgotPassword: ConsolePage = {
  path: '/forgot_password',
  audience: 'anyone',
  show(visit) {
    const { texts, base } = visit;
    const form = formOf(visit, {
      action: 'forget',
      submit: texts.forgot.submit,
      fields: [{ name: 'email', label: texts.fields.email, type: 'email', autocomplete: 'email' }],
    });
    return {
      title: texts.forgot.title,
      body: html`<p>${texts.forgot.text}</p>
        ${form}
        <p><a href="${base}/sign_in">${texts.forgot.back}</a></p>`,
    };
  },
  actions: {
    async forget(visit) {
      await answered(visit.calls.console.forgotPassword({ email: typed(visit, 'email') }));
      return moveTo(visit, '/sign_in', 'link_mailed');
    },
  },
};
