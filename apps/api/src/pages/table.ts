import { account } from './account.ts';
import { application } from './application.ts';
import { applications } from './applications.ts';
import { changePassword } from './change-password.ts';
import { chooseUsername } from './choose-username.ts';
import { forgotPassword } from './forgot-password.ts';
import { home } from './home.ts';
import { invitation, resetPassword, undoEmailChange, verifyEmail } from './links.ts';
import { newSecret } from './new-secret.ts';
import type { Page } from './page.ts';
import { register } from './register.ts';
import { sessions } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

/** Every page of a portal. */
export const TABLE: readonly Page[] = [
  home,
  signIn,
  chooseUsername,
  register,
  forgotPassword,
  resetPassword,
  invitation,
  verifyEmail,
  undoEmailChange,
  changePassword,
  signOut,
  sessions,
  applications,
  application,
  newSecret,
  account,
];
