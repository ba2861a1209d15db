import { formOf } from './forms.ts';
import { html } from '@gatehouse/words/html';
import type { Page } from './page.ts';

/** Shown after a sign-in at an identity provider whose username is missing or not available here. */
export const chooseUsername: Page = {
  path: '/choose_username',
  audience: 'anyone',
  show(visit) {
    const { texts, prefix, portal, query } = visit;
    const option = encodeURIComponent(query.get('login_option_id') ?? '');
    const form = formOf(visit, {
      action: 'choose',
      // Another route handles the form, because a cookie of the sign-in in progress identifies the person.
      to: `${prefix}/api/portals/${portal.id}/auth/sso/${option}/username`,
      submit: texts.chooseUsername.submit,
      // Two tabs may ask for a username at the same time.
      hidden: { sign_in: query.get('sign_in') ?? '' },
      fields: [{ name: 'new_username', label: texts.fields.new_username, autocomplete: 'username' }],
    });
    return {
      title: texts.chooseUsername.title,
      body: html`<p>${texts.chooseUsername.text}</p>
        ${form}`,
    };
  },
  actions: {},
};
