import { commonConfig, type CommonConfig } from '@gatehouse/process/common-config';
import type { Retention } from '@gatehouse/db/partitioned-tables';
import { readEnvironment } from '@gatehouse/process/environment';
import type { Address } from '@gatehouse/process/setting-types';

export type Config = CommonConfig & {
  /** Null: mails are recorded, not sent. */
  smtpUrl: string | null;
  mailFrom: Address;
  /** Unsent mails are stored in its subdirectory `mail`; null: they are not stored. */
  dataDir: string | null;
  retention: Retention;
};

const DEFAULT_SENDER: Address = { name: 'Gatehouse', email: 'gatehouse@localhost' };

/** Throws StartError. */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const env = readEnvironment(variables);
  return {
    ...commonConfig(env),
    smtpUrl: env.SMTP_URL ?? null,
    mailFrom: env.MAIL_FROM ?? DEFAULT_SENDER,
    dataDir: env.GATEHOUSE_DATA_DIR ?? null,
    retention: { events: env.AUDIT_LOG_MONTHS ?? null, emails: env.DELIVERY_LOG_MONTHS ?? null },
  };
}
