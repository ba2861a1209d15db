import { Email as View, EmailRef } from '@gatehouse/contract/email';
import { notFound } from '@gatehouse/contract/errors';
import { Email } from '@gatehouse/db/entities/email.entity';
import { LockMode } from '@mikro-orm/core';
import { changed, command } from '../kernel/command.ts';
import { manageIn } from '../portal/portal.policy.ts';
import { isId } from '../list/ids.ts';
import { emailView } from './email.view.ts';

export const resendEmail = command({
  name: 'emails.resend',
  access: 'emails:write',
  summary: 'Send a failed or suppressed mail again, under the same Message-ID',
  input: EmailRef,
  output: View,
  async run({ em, actor, now, authorize, emit }, { email_id }) {
    const email = isId(email_id)
      ? await em.findOne(Email, { id: email_id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      : null;
    if (!email) throw notFound('email');
    authorize(manageIn(actor, email.portal ?? null, 'email'));
    email.resend(now);
    emit('email.resent', email, ['status']);
    return changed(emailView(email));
  },
});
