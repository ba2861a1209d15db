import { html, type Html } from '@gatehouse/words/html';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem }
input, button { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box; margin-top: .5rem }
`;

/** The layout of the dashboard pages that bull-board does not provide. */
const page = (content: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Gatehouse queues</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <h1>Queues</h1>
        ${content}
      </body>
    </html> `;

export const signInPage = (path: string, message: string): string =>
  page(
    html`<p>${message}</p>
      <form method="post" action="${path}/sign_in" autocomplete="off">
        <label>Token <input name="token" type="password" required autofocus /></label>
        <button>Sign in</button>
      </form>`,
  ).toString();

export const signOutPage = (path: string): string =>
  page(
    html`<p>Sign out of the queue dashboard?</p>
      <form method="post" action="${path}/sign_out"><button>Sign out</button></form>
      <p><a href="${path}">Back to the queues</a></p>`,
  ).toString();
