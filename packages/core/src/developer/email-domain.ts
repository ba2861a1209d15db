import { fieldError } from '@gatehouse/contract/errors';
import type { Portal } from '@gatehouse/db/entities/portal.entity';

/** Checks addresses that developers enter. An admin may set any address. */
export function assertEmailDomainAllowed({ settings }: Portal, email: string): void {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  const domains = settings.allowed_email_domains.map((name) => name.toLowerCase());
  if (domains.length === 0 || domains.includes(domain)) return;
  throw fieldError('email_domain_not_allowed', 'email', 'This portal does not accept addresses of this email domain.');
}
