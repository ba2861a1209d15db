import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import type { SignInContext } from './protocol.ts';
import { invalid, LATE } from './saml.answer.ts';
import { NO_KEYS } from './saml.encrypted.ts';
import { entityIdOf } from './saml.service.ts';
import { SsoError } from './sso-error.ts';

/** The library's errors differ only in their text. */
const KINDS = {
  signature: /signature|signed data/i,
  audience: /audience/i,
  time: /expired|not yet valid/i,
  encrypted: /no decryption key/i,
};

/** A wrong signature can mean that the provider has changed its keys since its metadata was fetched. */
export const isOfSignature = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof SsoError) && KINDS.signature.test(error.message);

/** Translates an error of the library into a message for admins. */
export function samlFailure(error: unknown, config: SamlConfig, here: SignInContext): SsoError {
  if (error instanceof SsoError) return error;
  const text = error instanceof Error ? error.message : '';
  if (KINDS.encrypted.test(text)) return new SsoError('misconfigured', NO_KEYS, error);
  if (KINDS.time.test(text)) return invalid(LATE, error);
  if (KINDS.audience.test(text))
    return invalid(
      `is for another service. Register this entity ID at the identity provider: ${entityIdOf(config, here)}`,
      error,
    );
  if (isOfSignature(error))
    return invalid(
      config.response_signed
        ? 'and its assertion must both be signed with the keys in its metadata (see response_signed)'
        : 'has no assertion that is signed with the keys in its metadata',
      error,
    );
  return invalid('cannot be read', error);
}
