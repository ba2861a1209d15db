import type { EmailKind } from '@gatehouse/contract/email';
import { z } from 'zod';
import { defineEmail, readableTime, type Block, type Mail } from './template.ts';

const portal = { portal: z.string(), portal_url: z.string().nullable() };
/** `link` is no part of the row: it is worked out for the mail, and shown to nobody else. */
const linked = { expires_at: z.string(), link: z.string().default('[link]') };
const linkTo = (url: string | null): Block[] => (url === null ? [] : [{ link: url }]);

const howToDecide = (id: string, url: string): Block[] => [
  `Approval ${id}. Accept it with POST ${url}/accept, or decline it with POST ${url}/reject.`,
];
const reasonGiven = (reason: string | null): Block[] =>
  reason === null || reason === '' ? [] : [`The reason given: ${reason}`];
const subscription = { ...portal, username: z.string(), application: z.string(), api_product: z.string() };

const stateChange = {
  ...portal,
  username: z.string(),
  reason: z.string().nullable(),
  support_email: z.string().nullable(),
};
const contact = (address: string | null): Block[] =>
  address === null ? [] : [`If you have questions, write to ${address}.`];

const howToUndo = (link: string, until: string): Block[] => [
  'If this was you, you can ignore this mail. If it was not, keep this address and sign out everywhere:',
  { link },
  `The link works until ${readableTime(until)}, even after the change has taken effect. Then set a new password: someone may know your current one.`,
];

/** Only `*_accepted` says that anything was approved. */
export const TEMPLATES: Record<EmailKind, Mail> = {
  registration_pending: defineEmail({
    data: z.object({ ...portal, username: z.string(), approval_id: z.string(), approval_url: z.string() }),
    subject: ({ username }) => `New developer waiting: ${username}`,
    body: ({ username, portal: name, approval_id, approval_url }) => [
      `${username} has registered at ${name} and waits for a decision.`,
      ...howToDecide(approval_id, approval_url),
    ],
  }),
  registration_accepted: defineEmail({
    data: z.object({ ...portal, username: z.string() }),
    subject: ({ portal: name }) => `Your registration at ${name} was approved`,
    body: ({ username, portal: name, portal_url }) => [
      `Hello ${username},`,
      `your registration at ${name} was approved. Your account is active.`,
      ...linkTo(portal_url),
    ],
  }),
  registration_rejected: defineEmail({
    data: z.object({ ...portal, username: z.string(), reason: z.string().nullable() }),
    subject: ({ portal: name }) => `Your registration at ${name} was declined`,
    body: ({ username, portal: name, reason }) => [
      `Hello ${username},`,
      `your registration at ${name} was declined. What you entered is being erased.`,
      ...reasonGiven(reason),
    ],
  }),
  registration_existing: defineEmail({
    data: z.object({ ...portal }),
    subject: ({ portal: name }) => `You already have an account at ${name}`,
    body: ({ portal: name, portal_url }) => [
      `Somebody, perhaps you, tried to register at ${name} with this address. You already have an account there, which is as it was.`,
      'If that was you, sign in to that account, or ask for a new password. If it was not you, do nothing: the address stays yours.',
      ...linkTo(portal_url),
    ],
  }),
  invitation: defineEmail({
    // `version`: of the link, without which the person is given a one-time password.
    data: z.object({ ...portal, ...linked, username: z.string(), version: z.string().optional() }),
    subject: ({ portal: name }) => `You are invited to ${name}`,
    body: ({ username, portal: name, portal_url, link, version, expires_at }) => [
      `You are invited to ${name}. Your username is ${username}.`,
      ...(version === undefined
        ? [
            `The person who invited you gives you a one-time password. It works until ${readableTime(expires_at)}, and you choose your own at the first sign-in.`,
            ...linkTo(portal_url),
          ]
        : [
            'Choose a password to get started:',
            { link },
            `The link works once, until ${readableTime(expires_at)}. If you did not expect this invitation, you can ignore this mail.`,
          ]),
    ],
  }),
  verify_email: defineEmail({
    data: z.object({ ...portal, ...linked }),
    subject: () => 'Confirm your email address',
    // Without the username: whoever registers could write to strangers by it.
    body: ({ portal: name, link, expires_at }) => [
      `Somebody, perhaps you, has given this address as theirs at ${name}. If that was you, confirm it here:`,
      { link },
      `The link works once, until ${readableTime(expires_at)}. If it was not you, do nothing.`,
    ],
  }),
  password_reset: defineEmail({
    data: z.object({ ...portal, ...linked, username: z.string() }),
    subject: () => 'Reset your password',
    body: ({ username, portal: name, link, expires_at }) => [
      `Somebody, perhaps you, has forgotten the password of ${username} at ${name}. Choose a new one here:`,
      { link },
      `The link works once, until ${readableTime(expires_at)}. If it was not you, do nothing: your password stays as it is.`,
    ],
  }),
  email_changed: defineEmail({
    data: z.object({
      ...portal,
      ...linked,
      username: z.string(),
      removed: z.string().nullable().default(null),
      // Earlier releases mailed no link.
      expires_at: z.string().nullable().default(null),
    }),
    subject: ({ removed }) =>
      removed === null ? 'Your email address is being changed' : 'Your email address was removed',
    // Without the new one: it may be somebody else's.
    body: ({ username, portal: name, removed, link, expires_at }) => [
      `Hello ${username},`,
      removed === null
        ? `You asked to use another email address for your account at ${name}. This address stays in use until the new one is confirmed.`
        : `You removed this email address from your account at ${name}. We no longer send mail about the account to it.`,
      ...(expires_at === null ? [] : howToUndo(link, expires_at)),
    ],
  }),
  email_existing: defineEmail({
    data: z.object({ ...portal }),
    subject: ({ portal: name }) => `You already have an account at ${name}`,
    body: ({ portal: name, portal_url }) => [
      `Someone, perhaps you, tried to use this address for another account at ${name}. It belongs to your account there, and that has not changed.`,
      'If this was you, sign in to the account that has this address. If it was not, you can ignore this mail.',
      ...linkTo(portal_url),
    ],
  }),
  suspended: defineEmail({
    data: z.object(stateChange),
    subject: ({ portal: name }) => `Your account at ${name} is suspended`,
    body: ({ username, portal: name, reason, support_email }) => [
      `Hello ${username},`,
      `your account at ${name} is suspended. You can't sign in, and your keys don't work.`,
      ...reasonGiven(reason),
      ...contact(support_email),
    ],
  }),
  reactivated: defineEmail({
    data: z.object(stateChange),
    subject: ({ portal: name }) => `Your account at ${name} is active again`,
    body: ({ username, portal: name, portal_url, reason, support_email }) => [
      `Hello ${username},`,
      `your account at ${name} is active again. You can sign in, and your keys work.`,
      ...reasonGiven(reason),
      ...linkTo(portal_url),
      ...contact(support_email),
    ],
  }),
  subscription_pending: defineEmail({
    data: z.object({ ...subscription, approval_id: z.string(), approval_url: z.string() }),
    subject: ({ api_product }) => `New subscription waiting: ${api_product}`,
    body: ({ username, application, api_product, portal: name, approval_id, approval_url }) => [
      `${username} asks at ${name} to subscribe the application ${application} to ${api_product}, and waits for a decision.`,
      ...howToDecide(approval_id, approval_url),
    ],
  }),
  subscriptions_pending: defineEmail({
    // Like a link, the list is worked out when the mail is sent.
    data: z.object({ ...portal, approvals_url: z.string(), pending: z.string().default('[pending requests]') }),
    subject: ({ portal: name }) => `Subscription requests pending at ${name}`,
    body: ({ portal: name, approvals_url, pending }) => [
      `These requests to subscribe an application to an API product are pending at ${name}. You get them in one mail because they came shortly after others.`,
      pending,
      `List them with GET ${approvals_url}.`,
    ],
  }),
  subscription_accepted: defineEmail({
    data: z.object(subscription),
    subject: ({ api_product }) => `Your subscription to ${api_product} was approved`,
    body: ({ username, application, api_product, portal: name, portal_url }) => [
      `Hello ${username},`,
      `your subscription to ${api_product} at ${name} was approved. The application ${application} may call it now.`,
      ...linkTo(portal_url),
    ],
  }),
  subscription_rejected: defineEmail({
    data: z.object({ ...subscription, reason: z.string().nullable() }),
    subject: ({ api_product }) => `Your subscription to ${api_product} was declined`,
    body: ({ username, application, api_product, portal: name, reason }) => [
      `Hello ${username},`,
      `your subscription of the application ${application} to ${api_product} at ${name} was declined. You may ask again.`,
      ...reasonGiven(reason),
    ],
  }),
};
