import { asSentence } from '@gatehouse/contract/errors';
import { formatMinutes, formatNumber } from '../format.ts';
import { problems } from './problems.en.ts';

const number = (value: number): string => formatNumber('en', value);
const counted = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${number(count)} ${many}`;

/** The English texts of the pages. Every other language must provide the same texts. */
export const en = {
  skip: 'Skip to the content',
  site: {
    title: 'Gatehouse',
    text: 'This service manages the developers of one or more API portals and their API keys.',
    portals: 'Portals',
    noPortals: 'No portal is open to visitors yet.',
    portalsAway: 'We can’t show the portals right now. Try again shortly.',
    service: 'For developers and operators',
    docs: 'API documentation',
    openapi: 'OpenAPI document',
    queues: 'Queue dashboard',
    live: 'Liveness check',
    ready: 'Readiness check',
    version: (version: string) => `Version ${version}`,
  },
  nav: {
    label: 'Account',
    home: 'Overview',
    applications: 'Applications',
    account: 'Profile',
    sessions: 'Sessions',
    password: 'Password',
    signOut: 'Sign out',
  },
  optional: '(optional)',
  pages: 'Pagination',
  previous: 'Previous',
  next: 'Next',
  more: (count: number) => `${number(count)} more are not shown here. Use the API to list them.`,
  never: 'Never',
  created: 'Created',
  actions: 'Actions',
  cannotUndo: 'This can’t be undone.',

  errorTitle: 'Error',
  problemHeading: 'That didn’t work',
  checkFields: 'Please fix the fields marked below.',
  tooMany: (minutes: number) => `Too many attempts. Try again in ${formatMinutes('en', minutes)}.`,
  suspended: (reason: string | null, supportEmail: string | null) =>
    [
      'Your account is suspended.',
      ...(reason === null ? [] : [`Reason: ${asSentence(reason)}`]),
      ...(supportEmail === null ? [] : [`If you have questions, contact ${supportEmail}.`]),
    ].join(' '),
  notFound: { title: 'Page not found', text: 'We can’t find that page.' },
  failed: { title: 'Something went wrong', text: 'Go back and try again.' },
  requestId: (id: string) => `Quote this ID when you contact support: ${id}`,
  problems,
  /** By the error code of a field, or by its name and code. Other fields show the API’s own message. */
  rules: new Map([
    ['invalid_type', 'This field is required.'],
    ['username/invalid_input', 'A username that contains @ must be your email address.'],
    ['too_small', 'This is too short.'],
    ['too_big', 'This is too long.'],
  ]),
  done: {
    registered: 'Thank you for registering. We sent you an email with a link to confirm your address.',
    invite_accepted: 'Welcome! Your password is set, and you are signed in.',
    verified: 'Your email address is confirmed.',
    link_mailed: 'If an account has this address, we sent it an email with a link.',
    password_set: 'Your password has been changed. Sign in with the new one.',
    password_changed: 'Your password has been changed, and your other sessions have been signed out.',
    signed_out: 'You are signed out.',
    session_ended: 'That device is signed out.',
    saved: 'Your changes have been saved.',
    email_saved:
      'We sent a confirmation link to the new address. Your account switches to it once you follow the link.',
    confirmation_mailed: 'We sent the confirmation link again.',
    email_kept: 'Change cancelled. Your email address stays as it is.',
    email_restored:
      'Your email address is restored, and you are signed out everywhere. Someone may know your password, so request a link to set a new one.',
    deleted: 'Your account has been deleted.',
    application_created: 'Application created.',
    application_deleted: 'Application deleted.',
    login_created: 'Username and password created. They work immediately.',
    key_deleted: 'Key deleted. It no longer works.',
    subscribed: 'Application subscribed.',
    subscription_asked: 'Request sent. We’ll email you the decision.',
    subscription_removed: 'Subscription ended.',
  },

  /** The labels of the fields, by their names in the API. */
  fields: {
    username: 'Username',
    new_username: 'New username',
    email: 'Email',
    locale: 'Language of our emails',
    name: 'Name',
    desc: 'Description',
    password: 'Password',
    current_password: 'Current password',
    new_password: 'New password',
    api_product_id: 'API',
    'basic-auth/username': 'Username',
    'basic-auth/password': 'Password',
  },
  passwordHint: (minimum: number) =>
    `At least ${number(minimum)} characters. Several unrelated words make a good password.`,
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
  applications: {
    title: 'Applications',
    text: 'An application has keys and subscribes to the APIs it calls.',
    createHeading: 'New application',
    create: 'Create application',
  },
  application: {
    all: 'All applications',
    delete: 'Delete application',
    deleteText: (name: string, keys: number, subscriptions: number) =>
      `This deletes ${name}, with ${counted(keys, 'key', 'keys')} and ${counted(subscriptions, 'subscription', 'subscriptions')}. The keys stop working immediately.`,
  },
  keys: {
    heading: 'Keys and passwords',
    none: 'No keys yet.',
    begins: 'Begins with',
    kind: 'Kind',
    kinds: { 'key-auth': 'Key', 'basic-auth': 'Username and password', oauth: 'OAuth' },
    lastUsed: 'Last used',
    expires: 'Expires',
    createHeading: 'New key',
    create: 'Create key',
    loginHeading: 'New username and password',
    loginText: 'For APIs that require a username and password instead of a key.',
    createLogin: 'Create username and password',
    terms: new Map([
      ['never', 'Never'],
      ['30', 'In 30 days'],
      ['90', 'In 90 days'],
      ['365', 'In a year'],
    ]),
    regenerate: 'Replace',
    regenerateText:
      'You get a new key. Choose how long the old key keeps working, so that you can switch without an outage.',
    overlap: 'The old key stops working',
    overlaps: new Map([
      ['0', 'Immediately'],
      ['3600', 'In an hour'],
      ['86400', 'In 24 hours'],
    ]),
    regenerateSubmit: 'Replace key',
    delete: 'Delete',
    deleteText: 'Anything still using it will be rejected.',
    deleteSubmit: 'Delete permanently',
  },
  newSecret: {
    title: 'Your new key',
    text: 'Copy this key now. We show it only once.',
    copy: 'Click the key to select all of it.',
    back: 'I’ve copied it',
    goneTitle: 'This key was already shown',
    goneText: 'We show a key only once. If you did not copy it, replace it on the application page.',
    goneBack: 'Back to the application',
  },
  subscriptions: {
    heading: 'Subscriptions',
    none: 'Not subscribed to any API yet.',
    status: 'Status',
    statuses: { subscribed: 'Subscribed', wait_for_approval: 'Awaiting approval' },
    waiting: 'The portal’s team reviews each request that is awaiting approval. We’ll email you the decision.',
    askHeading: 'Subscribe to an API',
    ask: 'Subscribe',
    nothingLeft: 'No other APIs are available.',
    remove: 'Unsubscribe',
    removeText: 'The application’s keys will stop working for this API immediately.',
    removeSubmit: 'End subscription',
  },
};

export type PageTexts = typeof en;
