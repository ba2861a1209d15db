import { formOf } from './forms.ts';
import { html } from '@gatehouse/words/html';
import { moveTo, type Page } from './page.ts';
import { answered } from './visit.ts';

export const signOut: Page = {
  path: '/sign_out',
  audience: 'session',
  show: askToSignOut,
  actions: {
    async sign_out(visit) {
      await answered(visit.calls.auth.logout({ portal_id: visit.portal.id }));
      return moveTo(visit, '/sign_in', 'signed_out');
    },
  },
};

/** Signing out needs a button, so that a link on another site cannot sign people out. */
export function askToSignOut(visit: Parameters<typeof formOf>[0]) {
  const { title, text, submit } = visit.texts.signOut;
  return {
    title,
    body: html`<p>${text}</p>
      ${formOf(visit, { action: 'sign_out', submit })}`,
  };
}
