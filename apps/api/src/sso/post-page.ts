import { prefixOf } from '@gatehouse/process/address';
import type { Request, Response } from 'express';
import { frame } from '../pages/frame.ts';
import { html } from '@gatehouse/words/html';
import { languageOf } from '../pages/language.ts';

type Post = { publicUrl: string; url: string; form: Record<string, string> };

/** Where a provider takes requests by POST only, the browser sends one with a button: pages run no scripts. */
export function sendPostPage(req: Pick<Request, 'acceptsLanguages'>, res: Response, post: Post): void {
  const language = languageOf(req, 'en');
  const { title, leave } = language.texts.signIn;
  const fields = Object.entries(post.form).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  const prefix = prefixOf(post.publicUrl);
  const content = html`<h1>${title}</h1>
    <form method="post" action="${post.url}">
      ${fields}
      <p><button>${leave}</button></p>
    </form>`;
  // No form-action: browsers hold redirects of the provider to it as well.
  res.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  res.type('html').send(frame({ ...language, prefix, title, portal: null, content }).toString());
}
