import { Migration20261124000000_initial } from './20261124000000_initial.ts';
import { Migration20261124180000_credentials_and_revocations } from './20261124180000_credentials_and_revocations.ts';
import { Migration20261124200000_sessions } from './20261124200000_sessions.ts';

/** In order; a landed one is never edited. */
export const migrations = [
  { name: '20261124000000_initial', class: Migration20261124000000_initial },
  {
    name: '20261124180000_credentials_and_revocations',
    class: Migration20261124180000_credentials_and_revocations,
  },
  { name: '20261124200000_sessions', class: Migration20261124200000_sessions },
];
