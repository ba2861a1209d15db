import { html, type Html } from '@gatehouse/words/html';
import { fieldId } from './layout.ts';
import type { PageVisit } from './visit.ts';

export type Field = {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  /** The `autocomplete` token of HTML, for password managers and assistive technology. */
  autocomplete?: string;
  hint?: string;
  optional?: boolean;
  /** Browsers count UTF-16 units, which are never fewer than characters, so they refuse no valid text. */
  minLength?: number;
  /** The initial value. */
  value?: string;
  /** The choices by value. */
  choices?: ReadonlyMap<string, string>;
};

type Form = {
  action: string;
  /** The path to post to, by default the page itself. */
  to?: string;
  submit: string;
  /** The accessible description of the button, for people who cannot see the row it belongs to. */
  about?: Html | string;
  fields?: Field[];
  hidden?: Record<string, string>;
  /** Distinguishes the fields of similar forms on the same page. */
  idSuffix?: string;
  /** Marks a button that deletes or ends something. */
  isDangerous?: boolean;
};

/** After a refusal, a form keeps its values, except passwords. */
export function formOf(visit: PageVisit, form: Form): Html {
  const { action, to, submit, about, fields = [], hidden = {}, idSuffix = '', isDangerous = false } = form;
  const isRefused = wasRefused(visit, action);
  const faults = (isRefused ? visit.refusal?.fields : undefined) ?? new Map<string, string>();
  const first = fields.find(({ name }) => faults.has(name));
  const shown = fields.map((field) =>
    fieldOf(visit, field, {
      id: fieldId(action, field.name + idSuffix),
      fault: faults.get(field.name) ?? null,
      typed: isRefused ? visit.form.get(field.name) : null,
      isFirst: field === first,
    }),
  );
  const kept = Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return html`<form method="post" action="${to ?? visit.path}">
    <input type="hidden" name="action" value="${action}" />
    ${kept}${shown}
    <p><button${isDangerous ? html` class="danger"` : null}>${submit}${about === undefined ? null : html` <span class="unseen">${about}</span>`}</button></p>
  </form>`;
}

const wasRefused = ({ refusal, form }: PageVisit, action: string): boolean =>
  refusal !== null && form.get('action') === action;

type State = { id: string; fault: string | null; typed: string | null; isFirst: boolean };

function fieldOf({ texts }: PageVisit, field: Field, { id, fault, typed, isFirst }: State): Html {
  const { name, label, type = 'text', autocomplete = 'off', hint, optional = false, minLength, choices } = field;
  const described = [...(hint === undefined ? [] : [`${id}-hint`]), ...(fault === null ? [] : [`${id}-fault`])];
  const value = (type === 'password' ? null : typed) ?? field.value ?? '';
  const attributes = html`id="${id}"
  name="${name}"${optional ? null : html` required`}${minLength === undefined ? null : html` minlength="${minLength}"`}${
    described.length > 0 ? html` aria-describedby="${described.join(' ')}"` : null
  }${fault === null ? null : html` aria-invalid="true"`}${isFirst ? html` autofocus` : null}`;
  return html`<div class="field">
    <label for="${id}">${label}${optional ? html` <span class="hint">${texts.optional}</span>` : null}</label>
    ${hint === undefined ? null : html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${fault === null ? null : html`<p class="fault" id="${id}-fault">${fault}</p>`}
    ${
      choices
        ? html`<select ${attributes}>
            ${[...choices].map(([key, said]) => optionOf(key, said, value))}
          </select>`
        : html`<input
            ${attributes}
            type="${type}"
            value="${value}"
            autocomplete="${autocomplete}"
            ${name.endsWith('username') ? html` autocapitalize="none" spellcheck="false"` : null}
          />`
    }
  </div> `;
}

const optionOf = (key: string, said: string, chosen: string): Html =>
  html`<option value="${key}" ${key === chosen ? html` selected` : null}>${said}</option>`;

type Serious = Form & { open: string; text: string };

/** A form for an action that cannot be undone. A first step opens it and shows the consequences. */
export const seriousForm = (visit: PageVisit, { open, text, ...form }: Serious): Html =>
  html`<details${wasRefused(visit, form.action) ? html` open` : null}>
    <summary class="danger">
      ${open}${form.about === undefined ? null : html` <span class="unseen">${form.about}</span>`}
    </summary>
    <p>${text} ${visit.texts.cannotUndo}</p>
    ${formOf(visit, { ...form, isDangerous: true })}
  </details>`;
