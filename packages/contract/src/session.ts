import { z } from 'zod';
import { LoginOptionId, PortalId, SessionId } from './ids.ts';
import { Developer, DeveloperName, Password, Username } from './developer.ts';
import { Locale } from './locale.ts';
import { pageInput, pageOf } from './page.ts';
import { emailAddress, exactLine, Id, label, LabelsPatch, newEmailAddress, Timestamp } from './text.ts';

/** A password entered to sign in. The rules for new passwords do not apply: a wrong password is simply wrong. */
export const TypedPassword = exactLine(256);
export const LinkToken = z.string().regex(/^[\w.-]{1,200}$/, 'Must be the token of an emailed link');

export const LoginInput = z.strictObject({ portal_id: PortalId, username: label(254), password: TypedPassword });
/** `token` is returned once, and also set as a cookie. Changing the password replaces it. */
export const Login = z
  .object({ token: z.string(), expires_at: Timestamp, must_change_password: z.boolean(), developer: Developer })
  .meta({ id: 'Login' });
export type Login = z.infer<typeof Login>;

export const DirectoryLoginInput = z.strictObject({
  portal_id: PortalId,
  login_option_id: LoginOptionId,
  username: label(254),
  password: TypedPassword,
  /** Used if the username in the directory is taken in the portal. */
  new_username: Username.optional(),
});
export const LogoutInput = z.strictObject({ portal_id: PortalId });

export const VerifyEmailInput = z.strictObject({ portal_id: PortalId, token: LinkToken });
export const EmailVerification = z.object({ status: z.literal('verified') }).meta({ id: 'EmailVerification' });

/** Mailed links that open a page about an account. */
const DESCRIBED_LINKS = ['verify_email', 'password_reset', 'invitation'] as const;
export const DescribeLinkInput = z.strictObject({
  portal_id: PortalId,
  kind: z.enum(DESCRIBED_LINKS),
  token: LinkToken,
});
/** `used`: the link has already verified the address or accepted the invitation. It then reveals no account. */
export const LinkDescription = z
  .object({ status: z.enum(['valid', 'used']), username: z.string().nullable(), email: z.string().nullable() })
  .meta({ id: 'LinkDescription' });

export const AcceptInvitationInput = z.strictObject({ portal_id: PortalId, token: LinkToken, password: Password });

export const UndoEmailChangeInput = z.strictObject({ portal_id: PortalId, token: LinkToken });
export const EmailChangeUndone = z.object({ status: z.literal('undone') }).meta({ id: 'EmailChangeUndone' });

export const ForgotPasswordInput = z.strictObject({ portal_id: PortalId, email: emailAddress });
export const ResetPasswordInput = z.strictObject({ portal_id: PortalId, token: LinkToken, password: Password });
export const PasswordReset = z.object({ status: z.literal('changed') }).meta({ id: 'PasswordReset' });

export const ChangePasswordInput = z.strictObject({
  portal_id: PortalId,
  current_password: TypedPassword,
  new_password: Password,
});

export const MeInput = z.strictObject({});
export const UpdateMeInput = z.strictObject({
  name: DeveloperName.optional(),
  /**
   * A new address stays pending until its link is opened; `null` removes the address immediately. Both need the
   * password.
   */
  email: newEmailAddress.nullable().optional(),
  current_password: TypedPassword.optional(),
  /** The language of mails to you; `null`: the portal's. */
  locale: Locale.nullable().optional(),
  labels: LabelsPatch.nullable().optional(),
});
/** `email`: the developer's pending address, or the current one if it is not verified. */
export const MailVerificationInput = z.strictObject({ email: emailAddress });
/** `password`: required if the account has one. Otherwise the developer must have signed in recently. */
export const DeleteMeInput = z.strictObject({ password: TypedPassword.optional() });

/**
 * One sign-in of a developer. `current`: the session of this request. `device` comes from the user agent, and `address`
 * is the IP address of the sign-in. Both are null if the client is not a browser, and after the portal's
 * `retention_days`.
 */
export const Session = z
  .object({
    id: Id,
    current: z.boolean(),
    device: z.object({ browser: z.string(), system: z.string() }).nullable(),
    address: z.string().nullable(),
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;
export const SessionPage = pageOf(Session);
export const ListSessionsInput = z.strictObject({ ...pageInput(['created_at']) });
export const SessionRef = z.strictObject({ session_id: SessionId });
