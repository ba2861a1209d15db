import type { Credential, NewCredential } from '@gatehouse/contract/credential';
import { applicationRef, back } from './application-ref.ts';
import { formOf, seriousForm } from './forms.ts';
import { html, type Html } from './html.ts';
import { selfOf, typed, type Page, type Shown } from './page.ts';
import { tableOf, timeOf } from './tables.ts';
import { answered, type Visit } from './visit.ts';

/** As many as a list of the api has at most. */
const SIZE = 500;

/** The keys of an application, and a way to another one. */
export async function keysOf(visit: Visit): Promise<Html> {
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
  return html`<h2>${keys.heading}</h2>
    ${rows.length > 0 ? tableOf({ caption: keys.heading, head, rows }) : html`<p>${keys.none}</p>`}
    ${total > list.length ? html`<p>${texts.more(total - list.length)}</p>` : null}
    ${selfOf(visit).state === 'Active' ? createForms(visit) : null}`;
}

const createForms = (visit: Visit): Html => {
  const { keys, fields } = visit.texts;
  return html`<h3>${keys.createHeading}</h3>
    ${formOf(visit, { action: 'create_key', submit: keys.create, fields: [{ name: 'name', label: fields.name }] })}
    <h3>${keys.loginHeading}</h3>
    <p>${keys.loginText}</p>
    ${formOf(visit, {
      action: 'create_login',
      submit: keys.createLogin,
      fields: [
        { name: 'name', label: fields.name },
        { name: 'basic-auth/username', label: fields['basic-auth/username'] },
        {
          name: 'basic-auth/password',
          label: fields['basic-auth/password'],
          type: 'password',
          autocomplete: 'new-password',
        },
      ],
    })}`;
};

/** A key can be replaced; who has a username and a password chooses another password by the api. */
function changesOf(visit: Visit, { id, name, type }: Credential): Html {
  const { keys } = visit.texts;
  const about = { about: name, hidden: { credential_id: id } };
  const replace = seriousForm(visit, {
    action: 'replace_key',
    open: keys.regenerate,
    text: keys.regenerateText,
    submit: keys.regenerateSubmit,
    ...about,
  });
  const remove = seriousForm(visit, {
    action: 'delete_key',
    open: keys.delete,
    text: keys.deleteText,
    submit: keys.deleteSubmit,
    ...about,
  });
  return html`${type === 'key-auth' ? replace : null}${remove}`;
}

const credentialRef = (visit: Visit) => ({ ...applicationRef(visit), credential_id: typed(visit, 'credential_id') });

export const keyActions: Page['actions'] = {
  async create_key(visit) {
    const input = { ...applicationRef(visit), type: 'key-auth', name: typed(visit, 'name') } as const;
    return shownOnce(visit, await answered(visit.calls.credentials.create(input)));
  },
  async create_login(visit) {
    const [username, password] = [typed(visit, 'basic-auth/username'), typed(visit, 'basic-auth/password')];
    await answered(
      visit.calls.credentials.create({
        ...applicationRef(visit),
        type: 'basic-auth',
        name: typed(visit, 'name'),
        'basic-auth': { username, password },
      }),
    );
    return back(visit, 'login_created');
  },
  async replace_key(visit) {
    const input = { ...credentialRef(visit), type: 'key-auth' } as const;
    return shownOnce(visit, await answered(visit.calls.credentials.regenerate(input)));
  },
  async delete_key(visit) {
    await answered(visit.calls.credentials.delete(credentialRef(visit)));
    return back(visit, 'key_deleted');
  },
};

/** The answer to the form itself: the key is nowhere kept from where another page could have it. */
function shownOnce({ texts: { keys }, path }: Visit, { name, 'key-auth': made }: NewCredential): Shown {
  return {
    title: keys.shownTitle,
    body: html`<p class="notice">${keys.shownText}</p>
      <dl>
        <dt>${keys.shownLabel(name)}</dt>
        <dd><code class="key">${made?.key ?? ''}</code></dd>
      </dl>
      <p><a class="button" href="${path}">${keys.back}</a></p>`,
  };
}
