import { formOf } from './forms.ts';
import { html } from '@gatehouse/words/html';
import type { Page } from './page.ts';

/** For a person who signed in at an identity provider and has no username there that is available here. */
export const chooseUsername: Page = {
  path: '/choose_username',
  audience: 'anyone',
  show(visit) {
    const { texts, prefix, portal, query } = visit;
    const option = encodeURIComponent(query.get('login_option_id') ?? '');
    const form = formOf(visit, {
      action: 'choose',
      // Not of this page: who it is is known by a cookie of the way that led here.
      to: `${prefix}/api/portals/${portal.id}/auth/sso/${option}/username`,
      submit: texts.chooseUsername.submit,
      // Two tabs may wait for a username at once.
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
