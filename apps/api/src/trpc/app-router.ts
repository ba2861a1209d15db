import { router } from './init.ts';
import { apiProducts } from './routers/api-products.ts';
import { applications } from './routers/applications.ts';
import { approvals } from './routers/approvals.ts';
import { audit } from './routers/audit.ts';
import { auth } from './routers/auth.ts';
import { consoleSessions } from './routers/console.ts';
import { credentials } from './routers/credentials.ts';
import { dcrProviders } from './routers/dcr-providers.ts';
import { deletions } from './routers/deletions.ts';
import { developers } from './routers/developers.ts';
import { emails } from './routers/emails.ts';
import { labels } from './routers/labels.ts';
import { loginOptions } from './routers/login-options.ts';
import { me } from './routers/me.ts';
import { operators } from './routers/operators.ts';
import { portalDevelopers } from './routers/portal-developers.ts';
import { portals } from './routers/portals.ts';
import { subscriptions } from './routers/subscriptions.ts';
import { systemSettings } from './routers/system-settings.ts';
import { tokens } from './routers/tokens.ts';

/** All calls of the service, by record and verb. REST is a table over the same calls. */
export const appRouter = router({
  apiProducts,
  applications,
  approvals,
  audit,
  auth,
  console: consoleSessions,
  credentials,
  dcrProviders,
  deletions,
  developers,
  emails,
  labels,
  loginOptions,
  me,
  operators,
  portalDevelopers,
  portals,
  subscriptions,
  systemSettings,
  tokens,
});

export type AppRouter = typeof appRouter;
