import { Migration20261124000000_initial } from './20261124000000_initial.ts';
import { Migration20261124180000_credentials_and_revocations } from './20261124180000_credentials_and_revocations.ts';
import { Migration20261124200000_sessions } from './20261124200000_sessions.ts';
import { Migration20261125220000_login_options } from './20261125220000_login_options.ts';
import { Migration20261125230000_event_context } from './20261125230000_event_context.ts';
import { Migration20261127120000_email_lease } from './20261127120000_email_lease.ts';
import { Migration20261127130000_pending_email } from './20261127130000_pending_email.ts';
import { Migration20261127130200_state_reason_and_admin_labels } from './20261127130200_state_reason_and_admin_labels.ts';
import { Migration20261127140000_label_text } from './20261127140000_label_text.ts';
import { Migration20261127160000_text_forms } from './20261127160000_text_forms.ts';
import { Migration20261127170000_indexes } from './20261127170000_indexes.ts';
import { Migration20261127180000_locale } from './20261127180000_locale.ts';
import { Migration20261128010000_portal_of_owned } from './20261128010000_portal_of_owned.ts';
import { Migration20261128011000_order_indexes } from './20261128011000_order_indexes.ts';
import { Migration20261128013000_search_terms } from './20261128013000_search_terms.ts';
import { Migration20261128020000_count_developers } from './20261128020000_count_developers.ts';
import { Migration20261128020100_count_approvals_and_subscriptions } from './20261128020100_count_approvals_and_subscriptions.ts';
import { Migration20261128020200_count_applications_and_credentials } from './20261128020200_count_applications_and_credentials.ts';
import { Migration20261128070000_partitions } from './20261128070000_partitions.ts';
import { Migration20261128100000_rare_characters } from './20261128100000_rare_characters.ts';
import { Migration20261128110000_notify_after_commit } from './20261128110000_notify_after_commit.ts';
import { Migration20261128120000_operators } from './20261128120000_operators.ts';
import { Migration20261128120100_validate_events } from './20261128120100_validate_events.ts';

/** In order; a landed one is never edited. */
export const migrations = [
  { name: '20261124000000_initial', class: Migration20261124000000_initial },
  { name: '20261124180000_credentials_and_revocations', class: Migration20261124180000_credentials_and_revocations },
  { name: '20261124200000_sessions', class: Migration20261124200000_sessions },
  { name: '20261125220000_login_options', class: Migration20261125220000_login_options },
  { name: '20261125230000_event_context', class: Migration20261125230000_event_context },
  { name: '20261127120000_email_lease', class: Migration20261127120000_email_lease },
  { name: '20261127130000_pending_email', class: Migration20261127130000_pending_email },
  {
    name: '20261127130200_state_reason_and_admin_labels',
    class: Migration20261127130200_state_reason_and_admin_labels,
  },
  { name: '20261127140000_label_text', class: Migration20261127140000_label_text },
  { name: '20261127160000_text_forms', class: Migration20261127160000_text_forms },
  { name: '20261127170000_indexes', class: Migration20261127170000_indexes },
  { name: '20261127180000_locale', class: Migration20261127180000_locale },
  { name: '20261128010000_portal_of_owned', class: Migration20261128010000_portal_of_owned },
  { name: '20261128011000_order_indexes', class: Migration20261128011000_order_indexes },
  { name: '20261128013000_search_terms', class: Migration20261128013000_search_terms },
  { name: '20261128020000_count_developers', class: Migration20261128020000_count_developers },
  {
    name: '20261128020100_count_approvals_and_subscriptions',
    class: Migration20261128020100_count_approvals_and_subscriptions,
  },
  {
    name: '20261128020200_count_applications_and_credentials',
    class: Migration20261128020200_count_applications_and_credentials,
  },
  { name: '20261128070000_partitions', class: Migration20261128070000_partitions },
  { name: '20261128100000_rare_characters', class: Migration20261128100000_rare_characters },
  { name: '20261128110000_notify_after_commit', class: Migration20261128110000_notify_after_commit },
  { name: '20261128120000_operators', class: Migration20261128120000_operators },
  { name: '20261128120100_validate_events', class: Migration20261128120100_validate_events },
];
