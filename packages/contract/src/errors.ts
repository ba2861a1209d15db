/**
 * All error codes with their HTTP status and title. The `type` of a problem is `urn:gatehouse:error:<code>` (RFC 9457).
 */
export const ERRORS = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  idempotency_not_supported: { status: 400, title: 'Idempotency-Key is not supported yet' },
  unauthenticated: { status: 401, title: 'A valid token is required' },
  invalid_login: { status: 401, title: 'The username or password is incorrect' },
  forbidden: { status: 403, title: 'Not allowed' },
  scope_exceeded: { status: 403, title: 'Your token lacks these scopes' },
  registration_closed: { status: 403, title: 'Registration is closed' },
  developer_not_active: { status: 403, title: 'The developer is not active' },
  email_not_verified: { status: 403, title: 'The email address is not verified' },
  one_time_password_expired: { status: 403, title: 'The one-time password has expired' },
  invite_expired: { status: 403, title: 'The invitation has expired' },
  password_change_required: { status: 403, title: 'The password must be changed first' },
  wrong_password: { status: 403, title: 'The password is incorrect' },
  login_option_disabled: { status: 403, title: 'This way to sign in is disabled' },
  sign_in_refused: { status: 403, title: 'The sign-in was refused' },
  sign_in_again: { status: 403, title: 'Sign in again first' },
  not_subscribed: { status: 403, title: 'The application is not subscribed to this API product' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  username_needed: { status: 409, title: 'Choose a username' },
  username_taken: { status: 409, title: 'The username is taken' },
  email_taken: { status: 409, title: 'The email address is taken' },
  developer_id_taken: { status: 409, title: 'The developer_id is taken' },
  portal_slug_taken: { status: 409, title: 'The slug is taken' },
  already_subscribed: { status: 409, title: 'Already subscribed' },
  approval_already_finished: { status: 409, title: 'The approval is already decided' },
  illegal_state: { status: 409, title: 'Not possible in the current state' },
  limit_reached: { status: 409, title: 'The limit has been reached' },
  portal_not_empty: { status: 409, title: 'The portal is not empty' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'Send application/json' },
  invalid_input: { status: 422, title: 'The input is not valid' },
  email_domain_not_allowed: { status: 422, title: 'The email domain is not allowed' },
  password_too_common: { status: 422, title: 'The password is too common' },
  invalid_link: { status: 422, title: 'The link is not valid' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  overloaded: { status: 503, title: 'Too busy right now' },
  dependency_down: { status: 503, title: 'A dependency is unavailable' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** A broken rule. `path` is a JSON Pointer into the body, or `?name` for a query parameter. */
export type InputIssue = { path: string; message: string; code: string };

/** Why an account is suspended and whom to contact, for the owner of the account. */
export type Suspension = { reason: string | null; support_email: string | null };

/** The maximum number of broken rules in an error document. */
export const ISSUES_NAMED = 20;

type Extra = { suspension?: Suspension; issues?: InputIssue[]; retryAfterSeconds?: number; cause?: unknown };

/** The only error that commands and queries throw on purpose. `detail` is for people and contains no secret. */
export class GatehouseError extends Error {
  readonly code: ErrorCode;
  readonly issues: InputIssue[];
  readonly retryAfterSeconds: number | null;
  readonly suspension: Suspension | null;

  constructor(code: ErrorCode, detail: string, extra: Extra = {}) {
    super(detail, { cause: extra.cause });
    this.name = 'GatehouseError';
    this.code = code;
    this.issues = extra.issues ?? [];
    this.retryAfterSeconds = extra.retryAfterSeconds ?? null;
    this.suspension = extra.suspension ?? null;
  }
}

/** Ends user-entered text with a period, so that the following text is not read as part of it. */
export const asSentence = (text: string): string =>
  /[.!?…。]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`;

/** The error for the owner of a suspended account. */
export function accountSuspended(suspension: Suspension): GatehouseError {
  const { reason, support_email } = suspension;
  const detail = [
    'Your account is suspended.',
    ...(reason === null ? [] : [`Reason: ${asSentence(reason)}`]),
    ...(support_email === null ? [] : [`Contact: ${support_email}`]),
  ].join(' ');
  return new GatehouseError('developer_not_active', detail, { suspension });
}

export const notFound = (what: string): GatehouseError => new GatehouseError('not_found', `No such ${what}.`);

/** A broken domain rule for one body field, in the form of an input error. */
export const fieldError = (code: ErrorCode, field: string, message: string): GatehouseError =>
  new GatehouseError(code, message, { issues: [{ path: `/${field}`, message, code }] });
