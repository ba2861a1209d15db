import type { Portal } from '@gatehouse/db/entities/portal.entity';

const HOUR = 3_600_000;

/** When a one-time password set now expires (OWASP ASVS 6.4.1). */
export const inviteTerm = ({ settings }: Portal, now: Date): Date =>
  new Date(now.getTime() + settings.invite_ttl_hours * HOUR);
