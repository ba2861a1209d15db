import type { Credential, NewCredential } from '@gatehouse/contract/credential';
import { applicationRef, back } from './application-ref.ts';
import { formOf, seriousForm } from './forms.ts';
import { html, type Html } from '@gatehouse/words/html';
import { moveTo, selfOf, typed, type Move, type Page } from './page.ts';
import { tableOf, timeOf } from './tables.ts';
import { answered, unlessGone, type Visit } from './visit.ts';

/** The largest page of a list. */
const SIZE = 500;

/** The keys of an application, with a form to create one. */
export async function keysOf(visit: Visit): Promise<{ body: Html; total: number }> {
  const { texts, calls } = visit;
  const { keys } = texts;
  const { list, total } = await answered(
    calls.credentials.listOfApplication({ ...applicationRef(visit), page_size: SIZE }),
  );
  const head = [texts.fields.name, keys.kind, keys.begins, keys.lastUsed, keys.expires, texts.actions];
  const rows = list.map((key) => [
    key.name,
    keys.kinds[key.type],
    key.prefix === null ? (key['basic-auth']?.username ?? null) : html`<code>${key.prefix}…</code>`,
    timeOf(visit, key.last_used_at),
    timeOf(visit, key.expires_at),
    changesOf(visit, key),
  ]);
  const body = html`<h2>${keys.heading}</h2>
    ${rows.length > 0 ? tableOf({ caption: keys.heading, head, rows }) : html`<p>${keys.none}</p>`}
    ${total > list.length ? html`<p>${texts.more(total - list.length)}</p>` : null}
    ${selfOf(visit).state === 'Active' ? createForms(visit) : null}`;
  return { body, total };
}

const createForms = (visit: Visit): Html => {
  const { keys, fields } = visit.texts;
  const name = { name: 'name', label: fields.name };
  const expiry = { name: 'expires_in', label: keys.expires, choices: keys.terms, value: NEVER };
  return html`<h3>${keys.createHeading}</h3>
    ${formOf(visit, { action: 'create_key', submit: keys.create, fields: [name, expiry] })}
    <h3>${keys.loginHeading}</h3>
    <p>${keys.loginText}</p>
    ${formOf(visit, {
      action: 'create_login',
      submit: keys.createLogin,
      fields: [
        name,
        { name: 'basic-auth/username', label: fields['basic-auth/username'] },
        {
          name: 'basic-auth/password',
          label: fields['basic-auth/password'],
          type: 'password',
          autocomplete: 'new-password',
        },
        expiry,
      ],
    })}`;
};

/** The forms to replace and to delete a credential. The password of a login can be replaced only through the API. */
function changesOf(visit: Visit, { id, name, type }: Credential): Html {
  const { keys } = visit.texts;
  const about = { about: name, hidden: { credential_id: id } };
  const replace = formOf(visit, {
    action: 'replace_key',
    submit: keys.regenerateSubmit,
    fields: [{ name: 'overlap_seconds', label: keys.overlap, choices: keys.overlaps, value: '0' }],
    idSuffix: id,
    isDangerous: true,
    ...about,
  });
  const remove = seriousForm(visit, {
    action: 'delete_key',
    open: keys.delete,
    text: keys.deleteText,
    submit: keys.deleteSubmit,
    ...about,
  });
  return html`${
    type === 'key-auth'
      ? html`<details>
          <summary>${keys.regenerate} <span class="unseen">${name}</span></summary>
          <p>${keys.regenerateText}</p>
          ${replace}
        </details>`
      : null
  }${remove}`;
}

const credentialRef = (visit: Visit) => ({ ...applicationRef(visit), credential_id: typed(visit, 'credential_id') });

const NEVER = 'never';
const DAY = 86_400_000;

/** The expiry after the number of days chosen in the form. */
function expiresAt(visit: Visit): string | null {
  const days = Number(typed(visit, 'expires_in'));
  return Number.isInteger(days) && days > 0 ? new Date(visit.now.getTime() + days * DAY).toISOString() : null;
}

export const keyActions: Page['actions'] = {
  async create_key(visit) {
    const input = {
      ...applicationRef(visit),
      type: 'key-auth',
      name: typed(visit, 'name'),
      expires_at: expiresAt(visit),
    } as const;
    return revealed(visit, await answered(visit.calls.credentials.create(input)));
  },
  async create_login(visit) {
    const [username, password] = [typed(visit, 'basic-auth/username'), typed(visit, 'basic-auth/password')];
    await answered(
      visit.calls.credentials.create({
        ...applicationRef(visit),
        type: 'basic-auth',
        name: typed(visit, 'name'),
        expires_at: expiresAt(visit),
        'basic-auth': { username, password },
      }),
    );
    return back(visit, 'login_created');
  },
  async replace_key(visit) {
    const overlap_seconds = Number(typed(visit, 'overlap_seconds'));
    const input = { ...credentialRef(visit), type: 'key-auth', overlap_seconds } as const;
    return revealed(visit, await answered(visit.calls.credentials.regenerate(input)));
  },
  async delete_key(visit) {
    await unlessGone(visit.calls.credentials.delete(credentialRef(visit)));
    return back(visit, 'key_deleted');
  },
};

/** Redirects to the page that shows the new key once. */
const revealed = (visit: Visit, { name, 'key-auth': made }: NewCredential): Move => ({
  ...moveTo(visit, `/applications/${applicationRef(visit).application_id}/new_secret`),
  secret: { name, secret: made?.key ?? '' },
});
