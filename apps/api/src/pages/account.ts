import { Locale } from '@gatehouse/contract/locale';
import { languageName } from '@gatehouse/words/format';
import { formOf, seriousForm } from './forms.ts';
import { html, type Html } from '@gatehouse/words/html';
import { given, moveTo, selfOf, typed, type Page } from './page.ts';
import { answered, type Visit } from './visit.ts';

export const account: Page = {
  path: '/account',
  audience: 'developer',
  async show(visit) {
    const { texts } = visit;
    return {
      title: texts.account.title,
      body: html`<dl>
          <dt>${texts.fields.username}</dt>
          <dd>${selfOf(visit).username}</dd>
        </dl>
        <h2>${texts.account.nameHeading}</h2>
        ${nameForm(visit)}
        <h2>${texts.account.emailHeading}</h2>
        ${pendingEmail(visit)}
        ${selfOf(visit).provider === 'sso' ? html`<p>${selfOf(visit).email}</p>` : emailForm(visit)}
        <h2>${texts.account.deleteHeading}</h2>
        ${await deleteForm(visit)}`,
    };
  },
  actions: {
    async save_name(visit) {
      const locale = Locale.safeParse(typed(visit, 'locale')).data ?? null;
      await answered(visit.calls.me.update({ name: typed(visit, 'name'), locale }));
      return moveTo(visit, '/account', 'saved');
    },
    async save_email(visit) {
      const input = { email: typed(visit, 'email'), current_password: given(visit, 'current_password') };
      const { pending_email } = await answered(visit.calls.me.update(input));
      return moveTo(visit, '/account', pending_email === null ? 'saved' : 'email_saved');
    },
    async mail_again(visit) {
      await answered(visit.calls.me.mailVerification({ email: selfOf(visit).pending_email ?? '' }));
      return moveTo(visit, '/account', 'confirmation_mailed');
    },
    async keep_email(visit) {
      await answered(visit.calls.me.update({ email: selfOf(visit).email }));
      return moveTo(visit, '/account', 'email_kept');
    },
    async delete(visit) {
      await answered(visit.calls.me.delete({ password: given(visit, 'password') }));
      return moveTo(visit, '/sign_in', 'deleted');
    },
  },
};

/** Each in its own language. */
const LANGUAGES = Locale.options.map((locale) => [locale, languageName(locale)] as const);

const nameForm = (visit: Visit): Html =>
  formOf(visit, {
    action: 'save_name',
    submit: visit.texts.account.save,
    about: visit.texts.account.nameHeading,
    fields: [
      { name: 'name', label: visit.texts.fields.name, autocomplete: 'name', value: selfOf(visit).name },
      {
        name: 'locale',
        label: visit.texts.fields.locale,
        choices: new Map([['portal', visit.texts.account.portalLocale], ...LANGUAGES]),
        value: selfOf(visit).locale ?? 'portal',
      },
    ],
  });

/** The pending address, until it is confirmed. */
function pendingEmail(visit: Visit): Html | null {
  const { account: texts } = visit.texts;
  const { email, pending_email } = selfOf(visit);
  if (pending_email === null) return null;
  return html`<div class="notice">
    <p>${texts.pendingEmail(pending_email, email)}</p>
    ${formOf(visit, { action: 'mail_again', submit: visit.texts.home.mailAgain })}
    ${formOf(visit, { action: 'keep_email', submit: texts.keepEmail })}
  </div>`;
}

function emailForm(visit: Visit): Html {
  const { fields, account: texts } = visit.texts;
  const { email, email_verified } = selfOf(visit);
  const standing = email_verified ? texts.verified : texts.unverified;
  return formOf(visit, {
    action: 'save_email',
    submit: texts.save,
    about: texts.emailHeading,
    fields: [
      {
        name: 'email',
        label: fields.email,
        type: 'email',
        autocomplete: 'email',
        value: email ?? '',
        hint: email === null ? texts.emailHint : `${standing} ${texts.emailHint}`,
      },
      { name: 'current_password', label: fields.current_password, type: 'password', autocomplete: 'current-password' },
    ],
  });
}

/** Without a password, deleting the account requires a recent sign-in (see `me.delete`). */
async function deleteForm(visit: Visit): Promise<Html> {
  const { texts } = visit;
  const isSso = selfOf(visit).provider === 'sso';
  const password = {
    name: 'password',
    label: texts.fields.password,
    type: 'password',
    autocomplete: 'current-password',
  } as const;
  const form = seriousForm(visit, {
    action: 'delete',
    open: texts.account.delete,
    text: texts.account.deleteText(await ownedBy(visit)),
    submit: texts.account.deleteSubmit,
    fields: isSso ? [] : [password],
  });
  return html`${isSso ? html`<p>${texts.account.deleteSoon}</p>` : null}${form}`;
}

/** The number of records that are deleted with the account. */
async function ownedBy({ calls, portal }: Visit) {
  const one = { portal_id: portal.id, page_size: 1 };
  const [applications, keys, subscriptions] = await Promise.all([
    answered(calls.applications.list(one)),
    answered(calls.credentials.list(one)),
    answered(calls.subscriptions.list(one)),
  ]);
  return { applications: applications.total, keys: keys.total, subscriptions: subscriptions.total };
}
