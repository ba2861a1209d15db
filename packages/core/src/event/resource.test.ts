import { DeveloperId, type PortalId, type TokenId } from '@gatehouse/contract/ids';
import { newId } from '@gatehouse/db/columns';
import { ApiProduct } from '@gatehouse/db/entities/api-product.entity';
import { Approval } from '@gatehouse/db/entities/approval.entity';
import { Deletion } from '@gatehouse/db/entities/deletion.entity';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import { Email } from '@gatehouse/db/entities/email.entity';
import { LoginOption } from '@gatehouse/db/entities/login-option.entity';
import { Portal } from '@gatehouse/db/entities/portal.entity';
import { Token } from '@gatehouse/db/entities/token.entity';
import { describe, expect, it } from 'vitest';
import { coreTest } from '../testing/core-test.ts';
import { resourceRef } from './resource.ts';

const test = coreTest();

describe('an entity as the resource of an event', () => {
  it.each([
    ['approval', Approval],
    ['deletion', Deletion],
    ['email', Email],
    ['api_product', ApiProduct],
    ['login_option', LoginOption],
    ['token', Token],
  ] as const)('has its id and its portal: %s', (type, entity) => {
    const [id, portal] = [newId<never>(), newId<PortalId>()];
    const made = test.orm().em.fork().map<InstanceType<typeof entity>>(entity, { id, portal });
    expect(resourceRef(made)).toEqual({ type, id, portalId: portal });
  });

  it('has no portal if it is a token for all portals', () => {
    const id = newId<TokenId>();
    const token = test.orm().em.fork().map(Token, { id, portal: null });
    expect(resourceRef(token)).toEqual({ type: 'token', id, portalId: null });
  });

  it('has the external id of a developer', () => {
    const portal = newId<PortalId>();
    const developer = test
      .orm()
      .em.fork()
      .map(Developer, { id: newId(), portal, developerId: DeveloperId.parse('ada') });
    expect(resourceRef(developer)).toEqual({ type: 'developer', id: 'ada', portalId: portal });
  });

  it('has its own id as the portal if it is a portal', () => {
    const id = newId<PortalId>();
    expect(resourceRef(test.orm().em.fork().map(Portal, { id }))).toEqual({ type: 'portal', id, portalId: id });
  });
});
