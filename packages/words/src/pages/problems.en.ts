import type { ErrorCode } from '@gatehouse/contract/errors';

/** The text of a page for an API error, by its code. A page shows the API's own message for other codes. */
export const problems = {
  invalid_login: 'The username or password is incorrect.',
  wrong_password: 'The password is incorrect.',
  forbidden: 'This form was not sent from a page of this portal. Reload the page and try again.',
  registration_closed: 'This portal does not accept registrations.',
  developer_not_active: 'Your registration is awaiting approval. Until then, you have read-only access.',
  email_not_verified: 'Confirm your email address first. Use the link we sent you.',
  one_time_password_expired: 'The one-time password has expired. Ask for a new invitation.',
  invite_expired:
    'This invitation has expired or was already used. Sign in if you have chosen a password; otherwise, ask for a new invitation.',
  login_option_disabled: 'This portal does not accept passwords. Sign in another way.',
  sign_in_refused: 'We couldn’t sign you in, or it took too long. Please try again.',
  sign_in_again: 'To continue, sign out, sign in again, and retry within five minutes.',
  username_needed: 'That username isn’t available. Choose another one.',
  not_found: 'We can’t find that. It may have been deleted.',
  username_taken: 'That username is taken. Choose another one.',
  email_taken: 'That email address is already in use.',
  already_subscribed: 'The application is already subscribed to this API.',
  limit_reached: 'You have reached the limit of this portal. Delete something you no longer need, then try again.',
  illegal_state: 'This changed in the meantime. Reload the page to see its current state.',
  malformed_request: 'We couldn’t read the form. Reload the page and try again.',
  body_too_large: 'The form is too long. Shorten your entries and try again.',
  email_domain_not_allowed: 'This portal does not accept email addresses of this domain. Use another address.',
  password_too_common: 'That password is too easy to guess. Choose another one.',
  invalid_link: 'This link is no longer valid. It has expired, was already used, or was replaced by a newer one.',
  overloaded: 'We’re too busy right now. Try again in a moment.',
  dependency_down: 'We can’t do this right now. Try again in a moment.',
  internal: 'Something went wrong on our side. Try again later.',
} satisfies Partial<Record<ErrorCode, string>>;
