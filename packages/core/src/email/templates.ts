import type { EmailKind } from '@gatehouse/contract/email';
import { z } from 'zod';
import { defineEmail, readableTime, type Block, type Mail } from './template.ts';

const portal = { portal: z.string(), portal_url: z.string().nullable() };
/** `link` is not stored: it is made when the mail is sent, and left out of the delivery log. */
const linked = { expires_at: z.string(), link: z.string().default('[link]') };
const visitPortal = (url: string | null): Block[] => (url === null ? [] : [{ link: url, label: 'Go to the portal' }]);

const howToDecide = (id: string, url: string): Block[] => [
  `To accept the request, call POST ${url}/accept. To decline it, call POST ${url}/reject.`,
  `Approval ID: ${id}`,
];
const reasonGiven = (reason: string | null): Block[] => (reason === null || reason === '' ? [] : [`Reason: ${reason}`]);
const subscription = { ...portal, username: z.string(), application: z.string(), api_product: z.string() };

const stateChange = {
  ...portal,
  username: z.string(),
  reason: z.string().nullable(),
  support_email: z.string().nullable(),
};
const contact = (address: string | null): Block[] =>
  address === null ? [] : [`If you have questions, contact ${address}.`];

const howToUndo = (link: string, until: string): Block[] => [
  'If you made this change, you can ignore this email. If you did not, keep this address and sign out everywhere:',
  { link, label: 'Keep this address' },
  `The link works until ${readableTime(until)}, even after the change has taken effect. Afterwards, set a new password, because someone may know your current one.`,
];

/** Only `*_accepted` may say that something was approved. */
export const TEMPLATES: Record<EmailKind, Mail> = {
  registration_pending: defineEmail({
    data: z.object({ ...portal, username: z.string(), approval_id: z.string(), approval_url: z.string() }),
    subject: ({ username }) => `Registration awaiting approval: ${username}`,
    body: ({ username, portal: name, approval_id, approval_url }) => [
      'Hello,',
      `${username} has registered at ${name} and is awaiting your approval.`,
      ...howToDecide(approval_id, approval_url),
      name,
    ],
  }),
  registration_accepted: defineEmail({
    data: z.object({ ...portal, username: z.string() }),
    subject: ({ portal: name }) => `Your registration at ${name} was approved`,
    body: ({ username, portal: name, portal_url }) => [
      `Hello ${username},`,
      `Your registration at ${name} was approved, and your account is active.`,
      ...visitPortal(portal_url),
      name,
    ],
  }),
  registration_rejected: defineEmail({
    data: z.object({ ...portal, username: z.string(), reason: z.string().nullable() }),
    subject: ({ portal: name }) => `Your registration at ${name} was declined`,
    body: ({ username, portal: name, reason }) => [
      `Hello ${username},`,
      `Your registration at ${name} was declined. Your details are being deleted.`,
      ...reasonGiven(reason),
      name,
    ],
  }),
  registration_existing: defineEmail({
    data: z.object({ ...portal }),
    subject: ({ portal: name }) => `You already have an account at ${name}`,
    body: ({ portal: name, portal_url }) => [
      'Hello,',
      `Someone tried to register at ${name} with this email address. You already have an account there, and it has not changed.`,
      'If this was you, sign in to that account, or request a new password. If it was not you, you can ignore this email.',
      ...visitPortal(portal_url),
      name,
    ],
  }),
  invitation: defineEmail({
    // Without `version`, the mail has no link, and the person is given a one-time password.
    data: z.object({ ...portal, ...linked, username: z.string(), version: z.string().optional() }),
    subject: ({ portal: name }) => `You are invited to ${name}`,
    body: ({ username, portal: name, portal_url, link, version, expires_at }) => [
      `Hello ${username},`,
      `You have been invited to ${name}. Your username is ${username}.`,
      ...(version === undefined
        ? [
            `The person who invited you will give you a one-time password. It works until ${readableTime(expires_at)}. You choose your own password when you first sign in.`,
            ...visitPortal(portal_url),
          ]
        : [
            'Choose a password to get started:',
            { link, label: 'Choose a password' },
            `The link works once, until ${readableTime(expires_at)}.`,
          ]),
      'If you did not expect this invitation, you can ignore this email.',
      name,
    ],
  }),
  verify_email: defineEmail({
    data: z.object({ ...portal, ...linked }),
    subject: () => 'Confirm your email address',
    // Without the username, which an attacker who registers could use to write to strangers.
    body: ({ portal: name, link, expires_at }) => [
      'Hello,',
      `Please confirm that you want to use this email address at ${name}:`,
      { link, label: 'Confirm your email address' },
      `The link works once, until ${readableTime(expires_at)}. If you did not enter this address at ${name}, you can ignore this email.`,
      name,
    ],
  }),
  password_reset: defineEmail({
    data: z.object({ ...portal, ...linked, username: z.string() }),
    subject: () => 'Reset your password',
    body: ({ username, portal: name, link, expires_at }) => [
      `Hello ${username},`,
      `We received a request to reset your password at ${name}. Choose a new one here:`,
      { link, label: 'Choose a new password' },
      `The link works once, until ${readableTime(expires_at)}. If you did not request this, you can ignore this email. Your password stays the same.`,
      name,
    ],
  }),
  email_changed: defineEmail({
    data: z.object({
      ...portal,
      ...linked,
      username: z.string(),
      removed: z.string().nullable().default(null),
      // Mails of earlier releases have no link.
      expires_at: z.string().nullable().default(null),
    }),
    subject: ({ removed }) =>
      removed === null ? 'Your email address is being changed' : 'Your email address was removed',
    // Without the new address, which may belong to someone else.
    body: ({ username, portal: name, removed, link, expires_at }) => [
      `Hello ${username},`,
      removed === null
        ? `We received a request to change the email address of your account at ${name}. This address stays in use until the new one is confirmed.`
        : `This email address was removed from your account at ${name}. We no longer send email about the account to it.`,
      ...(expires_at === null ? [] : howToUndo(link, expires_at)),
      name,
    ],
  }),
  email_existing: defineEmail({
    data: z.object({ ...portal }),
    subject: ({ portal: name }) => `You already have an account at ${name}`,
    body: ({ portal: name, portal_url }) => [
      'Hello,',
      `Someone tried to use this email address for another account at ${name}. It belongs to your account there, and that has not changed.`,
      'If this was you, sign in to the account that has this address. If it was not you, you can ignore this email.',
      ...visitPortal(portal_url),
      name,
    ],
  }),
  suspended: defineEmail({
    data: z.object(stateChange),
    subject: ({ portal: name }) => `Your account at ${name} is suspended`,
    body: ({ username, portal: name, reason, support_email }) => [
      `Hello ${username},`,
      `Your account at ${name} is suspended. You can't sign in, and your keys don't work.`,
      ...reasonGiven(reason),
      ...contact(support_email),
      name,
    ],
  }),
  reactivated: defineEmail({
    data: z.object(stateChange),
    subject: ({ portal: name }) => `Your account at ${name} is active again`,
    body: ({ username, portal: name, portal_url, reason, support_email }) => [
      `Hello ${username},`,
      `Your account at ${name} is active again. You can sign in, and your keys work.`,
      ...reasonGiven(reason),
      ...visitPortal(portal_url),
      ...contact(support_email),
      name,
    ],
  }),
  subscription_pending: defineEmail({
    data: z.object({ ...subscription, approval_id: z.string(), approval_url: z.string() }),
    subject: ({ api_product }) => `Subscription awaiting approval: ${api_product}`,
    body: ({ username, application, api_product, portal: name, approval_id, approval_url }) => [
      'Hello,',
      `${username} has requested to subscribe the application ${application} to ${api_product} at ${name}, and is awaiting your approval.`,
      ...howToDecide(approval_id, approval_url),
      name,
    ],
  }),
  subscriptions_pending: defineEmail({
    // Like a link, the list is made when the mail is sent.
    data: z.object({ ...portal, approvals_url: z.string(), pending: z.string().default('[pending requests]') }),
    subject: ({ portal: name }) => `Subscription requests pending at ${name}`,
    body: ({ portal: name, approvals_url, pending }) => [
      'Hello,',
      `These requests to subscribe an application to an API product are pending at ${name}. You get them in one email because they came shortly after others.`,
      pending,
      `To list them, call GET ${approvals_url}.`,
      name,
    ],
  }),
  subscription_accepted: defineEmail({
    data: z.object(subscription),
    subject: ({ api_product }) => `Your subscription to ${api_product} was approved`,
    body: ({ username, application, api_product, portal: name, portal_url }) => [
      `Hello ${username},`,
      `Your subscription to ${api_product} at ${name} was approved. The application ${application} can call it now.`,
      ...visitPortal(portal_url),
      name,
    ],
  }),
  subscription_rejected: defineEmail({
    data: z.object({ ...subscription, reason: z.string().nullable() }),
    subject: ({ api_product }) => `Your subscription to ${api_product} was declined`,
    body: ({ username, application, api_product, portal: name, reason }) => [
      `Hello ${username},`,
      `Your request to subscribe the application ${application} to ${api_product} at ${name} was declined. You can submit a new request.`,
      ...reasonGiven(reason),
      name,
    ],
  }),
};
