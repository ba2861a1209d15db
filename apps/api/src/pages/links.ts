import { formOf, type Field } from './forms.ts';
import { html } from './html.ts';
import { moveTo, typed, type Page } from './page.ts';
import { answered, type Visit } from './visit.ts';

/** Of the link that was mailed: it came in the address, and goes on in the form. */
const tokenOf = ({ form, query }: Visit): string => form.get('token') ?? query.get('token') ?? '';

const newPasswordField = ({ texts, portal }: Visit, label: 'password' | 'new_password'): Field => ({
  name: 'password',
  label: texts.fields[label],
  type: 'password',
  autocomplete: 'new-password',
  hint: texts.passwordHint(portal.passwordMinLength),
  minLength: portal.passwordMinLength,
});

/** To look at it uses nothing up: programs that look through mails follow every link. */
export const verifyEmail: Page = {
  path: '/verify_email',
  audience: 'anyone',
  show(visit) {
    const { verify } = visit.texts;
    const form = formOf(visit, { action: 'verify', submit: verify.submit, hidden: { token: tokenOf(visit) } });
    return {
      title: verify.title,
      body: html`<p>${verify.text}</p>
        ${form}`,
    };
  },
  actions: {
    async verify(visit) {
      const input = { portal_id: visit.portal.id, token: typed(visit, 'token') };
      await answered(visit.calls.auth.verifyEmail(input));
      return moveTo(visit, '/sign_in', 'verified');
    },
  },
};

/** The link in the mail to the former address. */
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

/** Where the link of an invitation leads. */
export const invitation: Page = {
  path: '/invitation',
  audience: 'anyone',
  show(visit) {
    const { texts, portal, base } = visit;
    const form = formOf(visit, {
      action: 'accept',
      submit: texts.invitation.submit,
      fields: [newPasswordField(visit, 'password')],
      hidden: { token: tokenOf(visit) },
    });
    return {
      title: texts.invitation.title,
      body: html`<p>${texts.invitation.text(portal.name)}</p>
        ${form}
        <p><a href="${base}/sign_in">${texts.invitation.signIn}</a></p>`,
    };
  },
  actions: {
    async accept(visit) {
      const { portal, calls } = visit;
      const [token, password] = [typed(visit, 'token'), typed(visit, 'password')];
      await answered(calls.auth.acceptInvitation({ portal_id: portal.id, token, password }));
      return moveTo(visit, '', 'invite_accepted');
    },
  },
};

export const resetPassword: Page = {
  path: '/password_reset',
  audience: 'anyone',
  show(visit) {
    const { texts, base } = visit;
    const form = formOf(visit, {
      action: 'reset',
      submit: texts.reset.submit,
      fields: [newPasswordField(visit, 'new_password')],
      hidden: { token: tokenOf(visit) },
    });
    return {
      title: texts.reset.title,
      body: html`${form}
        <p><a href="${base}/forgot_password">${texts.reset.again}</a></p>`,
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
