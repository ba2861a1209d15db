import { prefixOf } from '@gatehouse/process/address';
import type { Request, Response } from 'express';
import { frame } from '../pages/frame.ts';
import { html } from '@gatehouse/words/html';
import { languageOf } from '../pages/language.ts';

type Post = { publicUrl: string; url: string; form: Record<string, string> };

/** Sends a form with a button for providers that accept only POST. Pages run no scripts, so people press it. */
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
  // Without form-action, because browsers also apply it to the provider's redirects.
  res.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  res.type('html').send(frame({ ...language, prefix, title, portal: null, content }).toString());
}
