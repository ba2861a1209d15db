import { z } from 'zod';
import { SessionId } from './ids.ts';
import { Password } from './developer.ts';
import { pageInput } from './page.ts';
import { LinkToken, TypedPassword } from './session.ts';
import { emailAddress, exactLine, Timestamp } from './text.ts';

/** The response to a sign-in. The session itself is only in the cookie, which scripts cannot read. */
export const ConsoleLogin = z.object({ expires_at: Timestamp }).meta({ id: 'ConsoleLogin' });
export type ConsoleLogin = z.infer<typeof ConsoleLogin>;

export const ConsoleLoginInput = z.strictObject({ email: emailAddress, password: TypedPassword });
export const ConsoleTokenLoginInput = z.strictObject({ token: exactLine(1000) });
export const ConsoleLogoutInput = z.strictObject({});

const CONSOLE_LINKS = ['operator_invitation', 'operator_password_reset'] as const;
export const DescribeConsoleLinkInput = z.strictObject({ kind: z.enum(CONSOLE_LINKS), token: LinkToken });
export const ConsoleLinkDescription = z
  .object({ name: z.string(), email: z.string() })
  .meta({ id: 'ConsoleLinkDescription' });

export const AcceptOperatorInvitationInput = z.strictObject({ token: LinkToken, password: Password });
export const ForgotConsolePasswordInput = z.strictObject({ email: emailAddress });
export const ResetConsolePasswordInput = z.strictObject({ token: LinkToken, password: Password });
export const ChangeConsolePasswordInput = z.strictObject({ current_password: TypedPassword, new_password: Password });

export const ListConsoleSessionsInput = z.strictObject({ ...pageInput(['created_at']) });
export const ConsoleSessionRef = z.strictObject({ session_id: SessionId });
