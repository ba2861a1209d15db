import { PortalId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import type { Actor } from '@gatehouse/contract/actor';
import { type OperatorRole, PORTAL_TOKEN_SCOPES, ROLE_SCOPES, type Scope } from '@gatehouse/contract/scopes';
import { createOrm } from '@gatehouse/db/orm';
import { createTestDatabase } from '@gatehouse/testing/database';
import { watchRuns, type Run } from '@gatehouse/db/statement';
import { statementProblems } from '@gatehouse/db/testing/statement-problems';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Context } from '../kernel/context.ts';
import { createPortal } from '../portal/create-portal.ts';

export const PASSWORD = 'correct horse battery staple';

const settings = {
  secret: 'a secret of at least thirty-two characters',
  previousSecret: null,
  publicUrl: 'https://gatehouse.example',
  smtpEnabled: false,
};

/** A database for one test file, and contexts for its calls. */
export type CoreTest = {
  orm(): MikroORM;
  as(actor: Actor, now?: Date): Context;
  /** Creates a portal with these settings and returns its id. */
  portal(settings?: Parameters<typeof createPortal.execute>[1]['settings']): Promise<PortalId>;
  rows<T>(sql: string, params?: unknown[]): Promise<T[]>;
};

export const admin = (
  scopes: Scope[] = ['*'],
  portalId: string | null = null,
): Extract<Actor, { kind: 'admin_token' }> => ({
  kind: 'admin_token',
  id: newId(),
  name: 'test admin',
  portalId: PortalId.nullable().parse(portalId),
  scopes,
  expiresAt: null,
});
/** An operator of these portals, or of all. Approvals and events name it, but it has no record. */
export const operator = (
  role: OperatorRole = 'owner',
  portalIds: string[] | null = null,
): Extract<Actor, { kind: 'operator' }> => ({
  kind: 'operator',
  id: newId(),
  name: `test ${role}`,
  role,
  portalIds: portalIds && portalIds.map((id) => PortalId.parse(id)),
  scopes: ROLE_SCOPES[role],
  sessionId: newId(),
});
export const portalToken = (
  portalId: string,
  scopes: Scope[] = PORTAL_TOKEN_SCOPES,
): Extract<Actor, { kind: 'portal_token' }> => ({
  kind: 'portal_token',
  id: newId(),
  name: 'test portal',
  portalId: PortalId.parse(portalId),
  scopes,
  expiresAt: null,
  developer: null,
});
export const worker: Actor = { kind: 'system', id: 'worker' };
export const anonymous: Actor = { kind: 'anonymous' };

export function coreTest(): CoreTest {
  let orm: MikroORM | undefined;
  let dispose = (): Promise<void> => Promise.resolve();
  const opened = (): MikroORM => {
    if (!orm) throw new Error('The database opens before the first test, not earlier.');
    return orm;
  };
  beforeAll(async () => {
    const database = await createTestDatabase();
    orm = createOrm({ databaseUrl: database.url, poolSize: 20 });
    const composed = new Map<string, Run>();
    const unwatch = watchRuns((run) => {
      if (run.params === undefined) composed.set(run.text, run);
    });
    dispose = async () => {
      unwatch();
      await checkComposed(opened(), composed.values());
      await opened().close();
      await database[Symbol.asyncDispose]();
    };
  });
  afterAll(() => dispose());
  const as = (actor: Actor, now = new Date()): Context => ({
    em: opened().em,
    actor,
    now,
    requestId: 'test',
    settings,
  });
  return {
    orm: opened,
    as,
    async portal(given = {}) {
      const slug = `p-${newId()}`;
      const portal = await createPortal.execute(as(admin()), { name: `Portal ${slug}`, slug, settings: given });
      return PortalId.parse(portal.id);
    },
    rows: (sql, params = []) => opened().em.fork().execute(sql, params),
  };
}

/** PostgreSQL agrees with every composed text that the tests of this file ran. */
async function checkComposed(orm: MikroORM, composed: Iterable<Run>): Promise<void> {
  const pool = await orm.em.getConnection().getNativeClient();
  for (const { text, row } of composed)
    expect({ text, problems: await statementProblems(pool, { text, row }) }).toEqual({ text, problems: [] });
}

/** The code of the error that a call is expected to throw. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  return 'none';
}
