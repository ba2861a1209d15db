import { EmailRef, EmailWithText } from '@gatehouse/contract/email';
import { notFound } from '@gatehouse/contract/errors';
import { Email } from '@gatehouse/db/entities/email.entity';
import { MAILS } from '@gatehouse/words/mails';
import { renderText } from '@gatehouse/words/mails/render';
import { manageIn } from '../portal/portal.policy.ts';
import { isId } from '../list/ids.ts';
import { query } from '../kernel/query.ts';
import { emailView } from './email.view.ts';

export const getEmail = query({
  name: 'emails.get',
  access: 'emails:read',
  summary: 'Get a mail with its text',
  input: EmailRef,
  output: EmailWithText,
  async run({ em, actor, authorize }, { email_id }) {
    const email = isId(email_id) ? await em.findOne(Email, email_id) : null;
    if (!email) throw notFound('email');
    authorize(manageIn(actor, email.portal ?? null, 'email'));
    return { ...emailView(email), text: renderText(MAILS[email.kind](email.locale, email.data).blocks) };
  },
});
