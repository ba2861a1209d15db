import { html } from '@gatehouse/words/html';
import type { ConsolePage } from './console-visit.ts';

export const home: ConsolePage = {
  path: '/',
  audience: 'operator',
  show({ texts, prefix, base, name }) {
    const links = [
      [`${prefix}/queues`, texts.site.queues],
      [`${prefix}/docs`, texts.site.docs],
      [`${base}/sign_out`, texts.signOut.title],
    ];
    return {
      title: texts.console.name,
      body: html`<p>${texts.console.signedIn(name ?? '')}</p>
        <ul>
          ${links.map(([path = '', label = '']) => html`<li><a href="${path}">${label}</a></li> `)}
        </ul>`,
    };
  },
  actions: {},
};
