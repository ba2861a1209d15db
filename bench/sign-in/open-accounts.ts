import pg from 'pg';
import { z } from 'zod';
import type { Bench } from '../harness/bench.ts';
import type { Child } from '../harness/child.ts';
import { callAsAdmin, openDatabase, startApi } from '../harness/service.ts';
import { fillAccounts } from './account.ts';

/** An api with 10,000 accounts on a separate database, which trusts the client address that a call names. */
export type Accounts = AsyncDisposable & { api: Child; portalId: string };

const Portal = z.object({ id: z.string() });

export async function openAccounts({ serverUrl, scratch, size }: Bench): Promise<Accounts> {
  await using made = new AsyncDisposableStack();
  const databaseUrl = await openDatabase(serverUrl, `bench_accounts_${String(Date.now())}`);
  const api = made.use(await startApi({ databaseUrl, scratch, env: { TRUST_PROXY: '1' } }));
  const body = { name: 'Bench', slug: 'bench', settings: { registration_auto_approval: true } };
  const { id: portalId } = Portal.parse(await callAsAdmin(api, '/portals', { method: 'POST', body }));
  const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  made.defer(() => database.end());
  await fillAccounts(database, portalId, Math.max(50, Math.round(10_000 * size.share)));
  const held = made.move();
  return { api, portalId, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
