import { beforeAll, describe, expect, it } from 'vitest';
import { acceptApproval } from '../approval/accept-approval.ts';
import { getApproval } from '../approval/get-approval.ts';
import { listApprovals } from '../approval/list-approvals.ts';
import { listAudit } from '../audit/list-audit.ts';
import { register } from '../auth/register.ts';
import { listDeletions } from '../deletion/list-deletions.ts';
import { deleteDeveloper } from '../developer/delete-developer.ts';
import { listDevelopers } from '../developer/list-developers.ts';
import { listEmails } from '../email/list-emails.ts';
import { listPortalDevelopers } from '../portal-developer/list-portal-developers.ts';
import { admin, anonymous, codeOf, coreTest, operator, PASSWORD } from '../testing/core-test.ts';
import { createToken } from '../token/create-token.ts';
import { listTokens } from '../token/list-tokens.ts';
import { createPortal } from './create-portal.ts';
import { getPortal } from './get-portal.ts';
import { listPortals } from './list-portals.ts';

const test = coreTest();
let portals: string[];

/** In each of three portals: a pending registration with its mail, a deletion and a token. */
beforeAll(async () => {
  portals = [];
  for (let count = 0; count < 3; count += 1) {
    const portal_id = await test.portal({ approver_emails: ['approver@example.org'] });
    for (const username of ['ada', 'bob'])
      await register.execute(test.as(anonymous), {
        portal_id,
        username,
        email: `${username}@example.org`,
        password: PASSWORD,
      });
    const { list } = await listDevelopers.execute(test.as(admin()), { portal_id, search: 'bob' });
    await deleteDeveloper.execute(test.as(admin()), { portal_id, developer_id: list[0]?.developer_id ?? '' });
    await createToken.execute(test.as(admin()), { kind: 'portal', name: 'front end', portal_id });
    portals.push(portal_id);
  }
});

const LISTS = { listApprovals, listAudit, listDeletions, listEmails, listPortals, listTokens };
type Page = {
  list: { id: string; portal_id?: string | null }[];
  total: number;
  next_cursor?: string | null | undefined;
};

/** The portals of all records in a list, which is read by cursor. */
async function portalsIn(list: keyof typeof LISTS, as: ReturnType<typeof operator>, filter: object = {}) {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = await LISTS[list].execute(test.as(as), { ...filter, cursor, page_size: 2 });
    found.push(...page.list.map(({ id, portal_id = id }) => String(portal_id)));
    cursor = page.next_cursor ?? null;
  }
  return found;
}

describe.each(Object.keys(LISTS))('%s', (name) => {
  const list = Object.keys(LISTS).find((each): each is keyof typeof LISTS => each === name) ?? 'listPortals';

  it('shows an operator the records of its portals alone', async () => {
    const [first = '', second = '', third = ''] = portals;
    expect(new Set(await portalsIn(list, operator('viewer', [first])))).toEqual(new Set([first]));
    expect(new Set(await portalsIn(list, operator('viewer', [first, third])))).toEqual(new Set([first, third]));
    expect(await portalsIn(list, operator('viewer', []))).toEqual([]);
    if (list === 'listPortals') return;
    const both = operator('viewer', [first, second]);
    expect(new Set(await portalsIn(list, both, { portal_id: second }))).toEqual(new Set([second]));
    expect(await portalsIn(list, both, { portal_id: third })).toEqual([]);
  });
});

describe('an operator of some portals', () => {
  it('finds no record of another portal, and cannot decide there', async () => {
    const [own = '', second = '', other = ''] = portals;
    const bound = operator('owner', [own, second]);
    const { list } = await listApprovals.execute(test.as(admin()), { portal_id: other, status: 'pending' });
    const approval_id = list[0]?.id ?? '';
    expect(await codeOf(getApproval.execute(test.as(bound), { approval_id }))).toBe('not_found');
    expect(await codeOf(acceptApproval.execute(test.as(bound), { approval_id }))).toBe('not_found');
    expect(await codeOf(getPortal.execute(test.as(bound), { portal_id: other }))).toBe('not_found');
    expect(await codeOf(listDevelopers.execute(test.as(bound), { portal_id: other }))).toBe('not_found');
    expect(await codeOf(createPortal.execute(test.as(bound), { name: 'New', slug: 'new' }))).toBe('forbidden');
    const token = { kind: 'admin' as const, name: 'all' };
    expect(await codeOf(createToken.execute(test.as(bound), token))).toBe('scope_exceeded');
    expect(await codeOf(createToken.execute(test.as(bound), { ...token, portal_id: own }))).toBe('none');
  });

  it('names the portal on the portal side, unless it has only one', async () => {
    const [own = '', second = '', other = ''] = portals;
    const developers = (portalIds: string[], portal_id?: string) =>
      codeOf(listPortalDevelopers.execute(test.as(operator('viewer', portalIds)), { portal_id }));
    expect(await developers([own])).toBe('none');
    expect(await developers([own, second])).toBe('invalid_input');
    expect(await developers([own, second], second)).toBe('none');
    expect(await developers([own, second], other)).toBe('not_found');
  });

  it('decides in its portals, and the approval names the person', async () => {
    const [own = '', second = ''] = portals;
    const bound = operator('approver', [own, second]);
    const { list } = await listApprovals.execute(test.as(bound), { portal_id: second, status: 'pending' });
    const decided = await acceptApproval.execute(test.as(bound), { approval_id: list[0]?.id ?? '' });
    expect(decided).toMatchObject({ operator_id: bound.id, operator_name: bound.name, result: 'accepted' });
    const { list: events } = await listAudit.execute(test.as(bound), { name: 'approval.accepted' });
    expect(events).toMatchObject([{ actor: { kind: 'operator', id: bound.id } }]);
  });
});
