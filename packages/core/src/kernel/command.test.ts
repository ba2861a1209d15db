import { newId } from '@gatehouse/db/columns';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { createOrm } from '@gatehouse/db/orm';
import { statement } from '@gatehouse/db/statement';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { changed, command, unchanged, type Scope } from './command.ts';
import { allowed } from './decision.ts';
import { register } from '../auth/register.ts';
import { admin, anonymous, codeOf, coreTest, PASSWORD } from '../testing/core-test.ts';

const test = coreTest();

const renameNow = statement({
  name: 'test.rename_portal',
  text: 'update portal set name = ? where id = ?',
  params: ['text', 'uuid'],
});
const lockPortal = statement({
  name: 'test.lock_portal',
  text: 'select id from portal where id = ? for no key update',
  params: ['uuid'],
  row: z.object({ id: z.string() }),
});

type Outcome = { changed: boolean; view: null };
type Run = (scope: Scope, portal: Portal) => Outcome | Promise<Outcome>;

async function attempt(run: Run): Promise<string> {
  const id = await test.portal();
  const name = `renamed ${id}`;
  const trial = command({
    name: 'trial',
    access: 'portals:write',
    summary: '',
    input: z.strictObject({}),
    output: z.null(),
    run: async (scope) => run(scope, await scope.em.findOneOrFail(Portal, id)),
  });
  const failure = await trial.execute(test.as(admin()), {}).then(
    () => 'committed',
    (error: Error) => error.message,
  );
  const [row] = await test.rows<{ name: string }>('select name from portal where id = ?', [id]);
  return `${failure}${row?.name === name ? ', changed' : ''}`;
}

const emit = (scope: Scope, portal: Portal) => scope.emit('portal.updated', portal);
const rename = (portal: Portal): void => {
  portal.name = `renamed ${portal.id}`;
};

describe('a command', () => {
  it('commits an authorized change with an event', async () => {
    expect(
      await attempt((scope, portal) => (scope.authorize(allowed), rename(portal), emit(scope, portal), changed(null))),
    ).toBe('committed, changed');
    expect(await attempt((scope) => (scope.authorize(allowed), unchanged(null)))).toBe('committed');
  });

  it('rolls back a change that was never authorized', async () => {
    expect(await attempt((scope, portal) => (rename(portal), emit(scope, portal), changed(null)))).toBe(
      'trial was never authorized',
    );
  });

  it('rolls back a change without an event', async () => {
    expect(await attempt((scope, portal) => (scope.authorize(allowed), rename(portal), changed(null)))).toBe(
      'trial changed something without an event',
    );
  });

  it('rolls back a change that is reported as unchanged', async () => {
    expect(await attempt((scope, portal) => (scope.authorize(allowed), rename(portal), unchanged(null)))).toBe(
      'trial says unchanged, but changed something',
    );
    expect(await attempt((scope, portal) => (scope.authorize(allowed), emit(scope, portal), unchanged(null)))).toBe(
      'trial says unchanged, but changed something',
    );
  });

  it.each(['immediately', 'at the commit'])(
    'rolls back a statement that changes a row %s and is reported as unchanged',
    async (when) => {
      const write = (scope: Scope, portal: Portal) => {
        const values = [`renamed ${portal.id}`, portal.id] as const;
        return when === 'immediately' ? renameNow.run(scope.em, values) : renameNow.atCommit(scope.em, values);
      };
      expect(
        await attempt(async (scope, portal) => (scope.authorize(allowed), await write(scope, portal), unchanged(null))),
      ).toBe('trial says unchanged, but changed something');
    },
  );

  it('is unchanged after statements that lock rows or match none', async () => {
    expect(
      await attempt(async (scope, portal) => {
        scope.authorize(allowed);
        await lockPortal.run(scope.em, [portal.id]);
        await renameNow.run(scope.em, ['none', newId()]);
        return unchanged(null);
      }),
    ).toBe('committed');
  });

  it('reports an unreachable database, even during preparation', async () => {
    const unreachable = createOrm({ databaseUrl: 'postgresql://app@127.0.0.1:1/none' });
    const context = { ...test.as(anonymous), em: unreachable.em };
    const body = { portal_id: newId(), username: 'ada', email: 'ada@example.org', password: PASSWORD };
    expect(await codeOf(register.execute(context, body))).toBe('dependency_down');
    await unreachable.close();
  });
});
