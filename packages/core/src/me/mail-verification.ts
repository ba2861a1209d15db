import { Registration } from '@gatehouse/contract/developer';
import { fieldError, GatehouseError } from '@gatehouse/contract/errors';
import { MailVerificationInput } from '@gatehouse/contract/session';
import { comparable } from '@gatehouse/db/comparable';
import { changed, command } from '../kernel/command.ts';
import { findPortal } from '../portal/find-portal.ts';
import { inPerson, lockSelf } from '../session/in-person.ts';
import { mailConfirmation } from '../auth/mail-link.ts';

export const mailVerification = command({
  name: 'me.mailVerification',
  access: 'developer',
  summary: 'Mail the link that confirms your email address again',
  input: MailVerificationInput,
  output: Registration,
  async run(scope, { email: typed }) {
    const developer = await lockSelf(scope, inPerson(scope));
    const { email, pendingEmail, emailVerified, portal } = developer;
    const address = [pendingEmail, email].find((one) => one && comparable(one) === comparable(typed));
    if (!address)
      throw fieldError('invalid_input', 'email', 'Must be the current or the pending address of your account.');
    if (address === email && emailVerified)
      throw new GatehouseError('illegal_state', 'Your address is already confirmed.');
    const event = scope.emit('developer.verification_mailed', developer);
    await mailConfirmation(scope, event, { portal: await findPortal(scope.em, portal), developer, email: address });
    return changed({ status: 'submitted' as const });
  },
});
