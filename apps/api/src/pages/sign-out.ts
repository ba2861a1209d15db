import { formOf } from './forms.ts';
import { html } from '@gatehouse/words/html';
import { moveTo, type Page } from './page.ts';
import { answered } from './visit.ts';

export const signOut: Page = {
  path: '/sign_out',
  audience: 'session',
  show(visit) {
    const { title, text, submit } = visit.texts.signOut;
    return {
      title,
      body: html`<p>${text}</p>
        ${formOf(visit, { action: 'sign_out', submit })}`,
    };
  },
  actions: {
    async sign_out(visit) {
      await answered(visit.calls.auth.logout({ portal_id: visit.portal.id }));
      return moveTo(visit, '/sign_in', 'signed_out');
    },
  },
};
