import type { SamlConfig } from '@gatehouse/contract/login-option-config';
import type { Here } from './protocol.ts';
import { invalid, LATE } from './saml.answer.ts';
import { NO_KEYS } from './saml.encrypted.ts';
import { entityIdOf } from './saml.service.ts';
import { SsoError } from './sso-error.ts';

/** The library tells its failures apart by their text alone. */
const KINDS = {
  signature: /signature|signed data/i,
  audience: /audience/i,
  time: /expired|not yet valid/i,
  encrypted: /no decryption key/i,
};

/** The keys of the provider may have changed since its metadata was read. */
export const isOfSignature = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof SsoError) && KINDS.signature.test(error.message);

/** The message for admins about an error of the library. */
export function samlFailure(error: unknown, config: SamlConfig, here: Here): SsoError {
  if (error instanceof SsoError) return error;
  const text = error instanceof Error ? error.message : '';
  if (KINDS.encrypted.test(text)) return new SsoError('misconfigured', NO_KEYS, error);
  if (KINDS.time.test(text)) return invalid(LATE, error);
  if (KINDS.audience.test(text))
    return invalid(`is for another service: it must know us as ${entityIdOf(config, here)}`, error);
  if (isOfSignature(error))
    return invalid(
      config.response_signed
        ? 'must be signed with its keys, both as a whole and in its assertion (see response_signed)'
        : 'has no assertion that is signed with its keys',
      error,
    );
  return invalid('cannot be read', error);
}
