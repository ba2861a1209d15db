import { GatehouseError, type ErrorCode } from '@gatehouse/contract/errors';
import { formOf, type Field } from './forms.ts';
import { html, type Html } from '@gatehouse/words/html';
import type { PageTexts } from '@gatehouse/words/pages/en';
import { moveTo, typed, type Page, type PageContent } from './page.ts';
import { answered, type PageVisit, type Visit } from './visit.ts';

/** The token of the mailed link, which moves from the address to a hidden field. */
export const tokenOf = ({ form, query }: PageVisit): string => form.get('token') ?? query.get('token') ?? '';

const newPasswordField = ({ texts, portal }: Visit, label: 'password' | 'new_password'): Field =>
  choosePasswordField(texts, { label, minLength: portal.passwordMinLength });

type NewPassword = { label: 'password' | 'new_password'; minLength: number };

export const choosePasswordField = (texts: PageTexts, { label, minLength }: NewPassword): Field => ({
  name: 'password',
  label: texts.fields[label],
  type: 'password',
  autocomplete: 'new-password',
  hint: texts.passwordHint(minLength),
  minLength,
});

/** The facts about the link, or null if it no longer works. Opening the page does not use the link, because mail scanners open it too. */
async function linkOf(visit: Visit, kind: 'verify_email' | 'password_reset' | 'invitation') {
  try {
    return await answered(visit.calls.auth.describeLink({ portal_id: visit.portal.id, kind, token: tokenOf(visit) }));
  } catch (error) {
    if (error instanceof GatehouseError && DEAD.has(error.code)) return null;
    throw error;
  }
}

/** Uses the link. A second press of the button gets the same result. */
async function use(visit: Visit, kind: 'verify_email' | 'invitation', call: Promise<unknown>): Promise<void> {
  try {
    await answered(call);
  } catch (error) {
    if ((await linkOf(visit, kind))?.status !== 'used') throw error;
  }
}

/** Errors of a link that does not work. */
export const DEAD = new Set<ErrorCode>(['invalid_link', 'invite_expired', 'invalid_input']);

/** Shown in place of the form if the link does not work. */
export const deadLink = ({ texts }: PageVisit, next: Html): PageContent => ({
  title: texts.deadLink.title,
  body: html`<p>${texts.deadLink.text}</p>
    <p>${next}</p>`,
});

export const verifyEmail: Page = {
  path: '/verify_email',
  audience: 'anyone',
  async show(visit) {
    const { base, texts } = visit;
    const { verify } = texts;
    const link = await linkOf(visit, 'verify_email');
    const signIn = html`<a class="button" href="${base}/sign_in">${texts.signIn.title}</a>`;
    if (!link) return deadLink(visit, html`${verify.again} ${signIn}`);
    if (link.status === 'used') return { title: verify.usedTitle, body: html`<p>${signIn}</p>` };
    const form = formOf(visit, { action: 'verify', submit: verify.submit, hidden: { token: tokenOf(visit) } });
    return {
      title: verify.title,
      body: html`<p>${verify.text(link.email ?? '', link.username ?? '')}</p>
        ${form}`,
    };
  },
  actions: {
    async verify(visit) {
      const input = { portal_id: visit.portal.id, token: typed(visit, 'token') };
      await use(visit, 'verify_email', visit.calls.auth.verifyEmail(input));
      return moveTo(visit, '/sign_in', 'verified');
    },
  },
};

/** The page of the link that was mailed to the former address. */
export const undoEmailChange: Page = {
  path: '/undo_email_change',
  audience: 'anyone',
  show(visit) {
    const { undoEmail } = visit.texts;
    const form = formOf(visit, { action: 'undo', submit: undoEmail.submit, hidden: { token: tokenOf(visit) } });
    return {
      title: undoEmail.title,
      body: html`<p>${undoEmail.text}</p>
        ${form}`,
    };
  },
  actions: {
    async undo(visit) {
      const input = { portal_id: visit.portal.id, token: typed(visit, 'token') };
      await answered(visit.calls.auth.undoEmailChange(input));
      return moveTo(visit, '/forgot_password', 'email_restored');
    },
  },
};

/** The page of the link in an invitation. */
export const invitation: Page = {
  path: '/invitation',
  audience: 'anyone',
  async show(visit) {
    const { texts, portal, base } = visit;
    const link = await linkOf(visit, 'invitation');
    const signIn = html`<a href="${base}/sign_in">${texts.invitation.signIn}</a>`;
    if (!link) return deadLink(visit, html`${texts.invitation.again} ${signIn}`);
    if (link.status === 'used') return { title: texts.invitation.usedTitle, body: html`<p>${signIn}</p>` };
    const form = formOf(visit, {
      action: 'accept',
      submit: texts.invitation.submit,
      fields: [newPasswordField(visit, 'password')],
      hidden: { token: tokenOf(visit) },
    });
    return {
      title: texts.invitation.title,
      body: html`<p>${texts.invitation.text(portal.name, link.username ?? '')}</p>
        ${form}
        <p>${signIn}</p>`,
    };
  },
  actions: {
    async accept(visit) {
      const { portal, calls } = visit;
      const [token, password] = [typed(visit, 'token'), typed(visit, 'password')];
      await use(visit, 'invitation', calls.auth.acceptInvitation({ portal_id: portal.id, token, password }));
      return moveTo(visit, '', 'invite_accepted');
    },
  },
};

export const resetPassword: Page = {
  path: '/password_reset',
  audience: 'anyone',
  async show(visit) {
    const { texts, base } = visit;
    const again = html`<a href="${base}/forgot_password">${texts.reset.again}</a>`;
    const link = await linkOf(visit, 'password_reset');
    if (!link) return deadLink(visit, again);
    const form = formOf(visit, {
      action: 'reset',
      submit: texts.reset.submit,
      fields: [newPasswordField(visit, 'new_password')],
      hidden: { token: tokenOf(visit) },
    });
    return {
      title: texts.reset.title,
      body: html`<p>${texts.reset.text(link.username ?? '')}</p>
        ${form}
        <p>${again}</p>`,
    };
  },
  actions: {
    async reset(visit) {
      const { portal, calls } = visit;
      const [token, password] = [typed(visit, 'token'), typed(visit, 'password')];
      await answered(calls.auth.resetPassword({ portal_id: portal.id, token, password }));
      return moveTo(visit, '/sign_in', 'password_set');
    },
  },
};
