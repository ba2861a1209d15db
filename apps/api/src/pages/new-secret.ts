import { applicationRef } from './application-ref.ts';
import { html } from '@gatehouse/words/html';
import type { Page } from './page.ts';
import { answered } from './visit.ts';

/** Shows a new key or password once. Reloading the page changes nothing and no longer shows the secret. */
export const newSecret: Page = {
  path: '/applications/:application_id/new_secret',
  audience: 'developer',
  showsSecret: true,
  async show(visit) {
    const { texts, base, calls, secret } = visit;
    await answered(calls.applications.get(applicationRef(visit)));
    const { newSecret: words } = texts;
    const back = `${base}/applications/${applicationRef(visit).application_id}`;
    if (!secret)
      return {
        title: words.goneTitle,
        body: html`<p>${words.goneText}</p>
          <p><a class="button" href="${back}">${words.goneBack}</a></p>`,
      };
    return {
      title: words.title,
      body: html`<p class="notice">${words.text}</p>
        <dl>
          <dt>${secret.name}</dt>
          <dd><code class="key">${secret.secret}</code></dd>
        </dl>
        <p class="hint">${words.copy}</p>
        <p><a class="button" href="${back}">${words.back}</a></p>`,
    };
  },
  actions: {},
};
