import { ERRORS, type ErrorCode, type GatehouseError } from '@gatehouse/contract/errors';
import type { PageTexts } from '@gatehouse/words/pages/en';

/** The texts about a refused call. */
export type Refusal = {
  code: ErrorCode;
  status: number;
  summary: string;
  /** The texts by the name of their field. */
  fields: ReadonlyMap<string, string>;
};

const SECONDS = 60;

export function refusalOf(error: GatehouseError, texts: PageTexts): Refusal {
  const { code, issues, retryAfterSeconds } = error;
  const fields = new Map(
    issues.map(({ path, code: rule, message }) => [
      path.slice(1),
      texts.rules.get(`${path.slice(1)}/${rule}`) ?? said(texts, rule) ?? texts.rules.get(rule) ?? message,
    ]),
  );
  const { status } = ERRORS[code];
  if (error.suspension) {
    const { reason, support_email } = error.suspension;
    return { code, status, fields, summary: texts.suspended(reason, support_email) };
  }
  if (code === 'rate_limited')
    return { code, status, fields, summary: texts.tooMany(Math.max(1, Math.ceil((retryAfterSeconds ?? 1) / SECONDS))) };
  return { code, status, fields, summary: fields.size > 0 ? texts.checkFields : (said(texts, code) ?? error.message) };
}

/** The text for an error code in the language of the page. */
export const said = ({ problems }: PageTexts, code: string): string | undefined =>
  Object.entries(problems).find(([name]) => name === code)?.[1];
