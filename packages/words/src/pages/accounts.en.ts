import { counted } from './counted.en.ts';

/** The texts of the pages for signing in and for the account. */
export const accounts = {
  signIn: {
    title: 'Sign in',
    usernameOrEmail: 'Username or email',
    submit: 'Sign in',
    forgot: 'Forgot your password?',
    register: 'No account yet? Register',
    byPassword: 'Sign in with your password',
    options: 'Other ways to sign in',
    leave: 'Continue to sign in',
    by: (option: string) => `Sign in with ${option}`,
  },
  chooseUsername: {
    title: 'Choose a username',
    text: 'Almost done. Choose a username for this portal within the next ten minutes.',
    submit: 'Sign in',
  },
  register: {
    title: 'Register',
    submit: 'Register',
    nameHint: 'The name we greet you by.',
    signIn: 'Already have an account? Sign in',
  },
  forgot: {
    title: 'Forgot your password?',
    text: 'Enter your email address, and we’ll send you a link to set a new password.',
    submit: 'Send link',
    back: 'Back to sign in',
  },
  invitation: {
    title: 'Choose a password',
    text: (portal: string, username: string) =>
      `You have been invited to ${portal}. Choose a password for your account “${username}”.`,
    again: 'Ask the person who invited you for a new invitation.',
    submit: 'Set password and sign in',
    signIn: 'Already chosen a password? Sign in',
    usedTitle: 'You have already accepted this invitation',
  },
  reset: {
    title: 'Set a new password',
    text: (username: string) => `Choose a new password for your account “${username}”.`,
    submit: 'Set password',
    again: 'Request a new link',
  },
  deadLink: {
    title: 'This link no longer works',
    text: 'It was already used, was replaced by a newer one, or has expired.',
  },
  verify: {
    title: 'Confirm your email address',
    text: (email: string, username: string) => `Confirm that ${email} belongs to your account “${username}”.`,
    submit: 'Confirm',
    usedTitle: 'Your email address is already confirmed',
    again: 'Sign in to get a new link.',
  },
  undoEmail: {
    title: 'Keep your email address',
    text: 'Your account will keep this address, and you’ll be signed out everywhere. Afterwards, set a new password, because someone may know your current one.',
    submit: 'Keep this address',
  },
  changePassword: {
    title: 'Change your password',
    must: 'You signed in with a one-time password. Choose your own password to continue.',
    submit: 'Change password',
  },
  signOut: { title: 'Sign out', text: 'Do you want to sign out?', submit: 'Sign out' },
  home: {
    title: (name: string) => `Hello, ${name}`,
    pending:
      'Your registration is awaiting approval. We’ll email you the decision. Until then, you have read-only access.',
    unverified: (email: string) => `${email} is not confirmed yet. Use the link we sent to this address.`,
    mailAgain: 'Send the link again',
    applications: 'Your applications',
    all: 'All applications',
    none: 'You don’t have any applications yet.',
  },
  account: {
    title: 'Profile',
    nameHeading: 'Name and language',
    emailHeading: 'Email',
    emailHint: 'We send a confirmation link to a new address. Until you follow it, the current address stays in use.',
    pendingEmail: (pending: string, current: string | null) =>
      `${pending} is awaiting confirmation: follow the link we sent there.${current === null ? '' : ` Until then, ${current} stays in use.`}`,
    keepEmail: 'Cancel the change',
    verified: 'Confirmed.',
    unverified: 'Not confirmed yet.',
    save: 'Save',
    portalLocale: 'The portal’s language',
    deleteHeading: 'Delete your account',
    deleteText: ({
      applications,
      keys,
      subscriptions,
    }: {
      applications: number;
      keys: number;
      subscriptions: number;
    }) =>
      `This deletes your account, with ${counted(applications, 'application', 'applications')}, ${counted(keys, 'key', 'keys')} and ${counted(subscriptions, 'subscription', 'subscriptions')}. The keys stop working immediately.`,
    deleteSoon: 'You can delete your account only within five minutes of signing in.',
    delete: 'Delete my account',
    deleteSubmit: 'Delete permanently',
  },
  sessions: {
    title: 'Where you’re signed in',
    device: 'Device',
    deviceOf: (browser: string, system: string) => `${browser} on ${system}`,
    unknown: 'Unknown device',
    address: 'IP address',
    signedIn: 'Signed in',
    lastUsed: 'Last used',
    ends: 'Expires',
    current: 'This device',
    end: 'Sign out',
  },
};

export type AccountTexts = typeof accounts;
