import { asSentence } from '@gatehouse/contract/errors';
import { formatMinutes, formatNumber } from '../format.ts';
import { accounts } from './accounts.en.ts';
import { applications } from './applications.en.ts';
import { consoleTexts } from './console.en.ts';
import { problems } from './problems.en.ts';

const number = (value: number): string => formatNumber('en', value);

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
  console: consoleTexts,
  ...accounts,
  ...applications,
};

export type PageTexts = typeof en;
