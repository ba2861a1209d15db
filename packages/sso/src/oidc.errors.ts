import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { SsoError, type SsoReason } from './sso-error.ts';
import { causesOf } from './unreached.ts';

/** The failed operation: discovery of the provider, redeeming the code, or a userinfo request. */
export type Step = 'discovery' | 'sign_in' | 'userinfo';
type Said = readonly [SsoReason, string];
type Table = ReadonlyMap<string, Said>;
/** A Map, because the keys looked up come from providers, and an object has inherited keys such as `constructor`. */
const tableOf = (rows: Record<string, Said>): Table => new Map(Object.entries(rows));

const NOT_SIGNED_IN: Said = ['refused', 'The sign-in was cancelled or refused at the provider.'];
const WRONG_CLIENT: Said = [
  'wrong_client',
  'The provider rejects the client, its secret, or its use of the authorization code flow. Compare client_id and client_secret with the client registration at the provider.',
];
const OUT_OF_ORDER: Said = ['unreachable', 'The provider is currently unavailable.'];

/** RFC 6749, section 4.1.2.1, and OpenID Connect Core, section 3.1.2.6. */
const ERRORS_OF_ANSWERS: Table = tableOf({
  access_denied: NOT_SIGNED_IN,
  account_selection_required: NOT_SIGNED_IN,
  consent_required: NOT_SIGNED_IN,
  interaction_required: NOT_SIGNED_IN,
  login_required: NOT_SIGNED_IN,
  invalid_scope: ['misconfigured', 'The provider does not support one of the request_scopes.'],
  server_error: OUT_OF_ORDER,
  temporarily_unavailable: OUT_OF_ORDER,
  unauthorized_client: WRONG_CLIENT,
});
/** RFC 6749, section 5.2. */
const ERRORS_OF_TOKENS: Table = tableOf({
  invalid_client: WRONG_CLIENT,
  invalid_grant: [
    'invalid_answer',
    'The authorization code was already used, has expired, or does not belong to this sign-in.',
  ],
  server_error: OUT_OF_ORDER,
  temporarily_unavailable: OUT_OF_ORDER,
  unauthorized_client: WRONG_CLIENT,
});
const NO_HTTPS: Said = ['misconfigured', 'The provider publishes an endpoint that is not an https URL.'];
const NO_ENDPOINT: Said = ['misconfigured', 'The provider does not publish every endpoint that a sign-in needs.'];
const OF_ANY_STEP: Table = tableOf({
  OAUTH_HTTP_REQUEST_FORBIDDEN: NO_HTTPS,
  OAUTH_REQUEST_PROTOCOL_FORBIDDEN: NO_HTTPS,
  OAUTH_MISSING_SERVER_METADATA: NO_ENDPOINT,
  OAUTH_INVALID_SERVER_METADATA: NO_ENDPOINT,
  OAUTH_RESPONSE_IS_NOT_JSON: ['misconfigured', 'The response from the provider is not JSON.'],
});
const OF_TOKENS: Table = tableOf({
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: ['invalid_answer', 'The ID token has expired or is not valid yet.'],
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: [
    'invalid_answer',
    'The issuer, client or nonce of the ID token differs from this sign-in.',
  ],
  OAUTH_KEY_SELECTION_FAILED: ['invalid_answer', 'The ID token is not signed with a key that the provider publishes.'],
  OAUTH_UNSUPPORTED_OPERATION: [
    'invalid_answer',
    'The ID token must be signed with a private key of the provider, such as with RS256 or ES256.',
  ],
});
const OTHERWISE: Record<Step, Said> = {
  discovery: ['misconfigured', 'The issuer is not an OpenID provider.'],
  sign_in: ['invalid_answer', 'The response does not belong to this sign-in.'],
  userinfo: ['invalid_answer', 'The userinfo endpoint and the ID token describe different people.'],
};

export function asSsoError(error: unknown, step: Step): SsoError {
  const known = causesOf(error).find((cause) => cause instanceof SsoError);
  return known ?? new SsoError(...saidOf(error, step), withoutData(error));
}

/** The meaning of the `error` parameter that the browser brings back. */
export const saidOfAnswer = (error: string): Said =>
  ERRORS_OF_ANSWERS.get(error) ?? ['misconfigured', 'The provider rejected the sign-in request.'];

function saidOf(error: unknown, step: Step): Said {
  if (error instanceof AuthorizationResponseError) return saidOfAnswer(error.error);
  if (step === 'userinfo' && (error instanceof WWWAuthenticateChallengeError || error instanceof ResponseBodyError))
    return ['misconfigured', 'The userinfo endpoint rejected the access token that the provider issued.'];
  if (error instanceof WWWAuthenticateChallengeError) return WRONG_CLIENT;
  if (error instanceof ResponseBodyError)
    return ERRORS_OF_TOKENS.get(error.error) ?? ['misconfigured', 'The provider rejected the authorization code.'];
  const code = codeOf(error);
  if (code === 'OAUTH_RESPONSE_IS_NOT_CONFORM') return ofStatus(error, step);
  return OF_ANY_STEP.get(code) ?? (step === 'sign_in' ? OF_TOKENS.get(code) : undefined) ?? OTHERWISE[step];
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function ofStatus(error: unknown, step: Step): Said {
  const status = error instanceof Error && error.cause instanceof Response ? error.cause.status : 0;
  if (status === 429 || status >= 500) return OUT_OF_ORDER;
  const endpoint = {
    discovery: 'configuration at the issuer',
    sign_in: 'token endpoint',
    userinfo: 'userinfo endpoint',
  };
  return ['misconfigured', `The OpenID ${endpoint[step]} responds with HTTP status ${String(status)}.`];
}

/**
 * Keeps tokens and responses out of logs: errors of the library carry them, and a SyntaxError quotes what it parsed.
 */
function withoutData(error: unknown): Error {
  const told = causesOf(error).filter((cause) => !(cause instanceof SyntaxError));
  return new Error(told.map(({ name, message }) => `${name}: ${message}`).join('; '));
}
