import type { EmailKind } from '@gatehouse/contract/email';
import { emailChanged } from './mails/email-changed.ts';
import { emailExisting } from './mails/email-existing.ts';
import { invitation } from './mails/invitation.ts';
import type { Mail } from './mails/mail.ts';
import { operatorInvitation } from './mails/operator-invitation.ts';
import { operatorPasswordReset } from './mails/operator-password-reset.ts';
import { passwordReset } from './mails/password-reset.ts';
import { reactivated } from './mails/reactivated.ts';
import { registrationAccepted } from './mails/registration-accepted.ts';
import { registrationExisting } from './mails/registration-existing.ts';
import { registrationPending } from './mails/registration-pending.ts';
import { registrationRejected } from './mails/registration-rejected.ts';
import { subscriptionAccepted } from './mails/subscription-accepted.ts';
import { subscriptionPending } from './mails/subscription-pending.ts';
import { subscriptionRejected } from './mails/subscription-rejected.ts';
import { subscriptionsPending } from './mails/subscriptions-pending.ts';
import { suspended } from './mails/suspended.ts';
import { verifyEmail } from './mails/verify-email.ts';

/** Only the mails named `*_accepted` may say that something was approved. */
export const MAILS: Record<EmailKind, Mail> = {
  registration_pending: registrationPending,
  registration_accepted: registrationAccepted,
  registration_rejected: registrationRejected,
  registration_existing: registrationExisting,
  invitation,
  verify_email: verifyEmail,
  password_reset: passwordReset,
  email_changed: emailChanged,
  email_existing: emailExisting,
  suspended,
  reactivated,
  subscription_pending: subscriptionPending,
  subscriptions_pending: subscriptionsPending,
  subscription_accepted: subscriptionAccepted,
  subscription_rejected: subscriptionRejected,
  operator_invitation: operatorInvitation,
  operator_password_reset: operatorPasswordReset,
};
