import { randomBytes } from 'node:crypto';
import type { CasConfig } from '@gatehouse/contract/login-option-config';
import type { LoginOptionCheck } from '@gatehouse/contract/login-option';
import { refusalOf } from './cas.refusals.ts';
import { serviceOf, validate, type Validation } from './cas.validate.ts';
import type { SignInContext } from './protocol.ts';
import { SsoError } from './sso-error.ts';

/** Sends a ticket that the server never issued. */
export async function check(config: CasConfig, { callbackUrl, egress }: SignInContext): Promise<LoginOptionCheck[]> {
  try {
    const nonce = randomBytes(32).toString('base64url');
    const asked = { service: serviceOf(callbackUrl, nonce), ticket: `ST-0-${nonce}` };
    const validation = await validate(config, egress, asked);
    return [REACHABLE, ...certificate(config), ...outcome(validation)];
  } catch (error) {
    if (!(error instanceof SsoError)) throw error;
    const failed = (name: string): LoginOptionCheck => ({ name, status: 'failed', message: error.message });
    switch (error.reason) {
      case 'unreachable':
      case 'address_not_allowed':
        return [failed('reachable')];
      case 'bad_certificate':
        return [REACHABLE, failed('certificate')];
      default:
        return [REACHABLE, ...certificate(config), failed('validation')];
    }
  }
}

const REACHABLE: LoginOptionCheck = { name: 'reachable', status: 'passed', message: 'The CAS server responds.' };

function certificate({ url, ssl_verify }: CasConfig): LoginOptionCheck[] {
  if (new URL(url).protocol === 'http:') return [];
  if (ssl_verify) return [{ name: 'certificate', status: 'passed', message: 'The certificate is trusted.' }];
  return [
    { name: 'certificate', status: 'unknown', message: 'The certificate was not checked, because ssl_verify is off.' },
  ];
}

function outcome(validation: Validation): LoginOptionCheck[] {
  if (!('refusedAs' in validation))
    return [
      { name: 'validation', status: 'failed', message: 'The CAS server accepted a ticket that it never issued.' },
    ];
  const { refusedAs } = validation;
  const validates: LoginOptionCheck = {
    name: 'validation',
    status: 'passed',
    message: 'The CAS server rejects an invalid ticket.',
  };
  if (refusedAs === 'INVALID_TICKET') return [validates, SERVICE_UNKNOWN, ATTRIBUTES_UNKNOWN];
  if (refusedAs === 'INVALID_SERVICE' || refusedAs === 'UNAUTHORIZED_SERVICE')
    return [validates, { name: 'service', status: 'failed', message: refusalOf('UNAUTHORIZED_SERVICE').message }];
  return [{ name: 'validation', status: 'failed', message: refusalOf(refusedAs).message }];
}

const SERVICE_UNKNOWN: LoginOptionCheck = {
  name: 'service',
  status: 'unknown',
  message: 'Only a real sign-in can show whether the CAS server knows the callback_url.',
};
const ATTRIBUTES_UNKNOWN: LoginOptionCheck = {
  name: 'attributes',
  status: 'unknown',
  message: 'Only a real sign-in can show which attributes the CAS server sends.',
};
