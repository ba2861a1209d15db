/** The texts of the pages for signing in to the console. */
export const consoleTexts = {
  name: 'Gatehouse console',
  token: 'Admin token',
  byToken: 'Sign in with an admin token',
  tokenText: 'For the first operator, and for emergencies. The session ends with the token.',
  invalidLogin: 'The email address or password is incorrect.',
  disabled: 'Your operator account is disabled. Ask an owner to enable it.',
  invalidToken: 'This token is invalid, or it is not an admin token.',
  signedIn: (name: string) => `Signed in as ${name}`,
};

export type ConsoleTexts = typeof consoleTexts;
