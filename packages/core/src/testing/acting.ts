import { createApplication } from '../application/create-application.ts';
import type { Context } from '../kernel/context.ts';
import { inviteDeveloper } from '../developer/invite-developer.ts';
import { speakFor } from '../token/authenticate.ts';
import { admin, PASSWORD, portalToken, type CoreTest } from './core-test.ts';

/** An active developer with an application, and calls of a portal token for that developer. */
export type Acting = {
  ref: { portal_id: string; developer_id: string };
  application_id: string;
  as(now?: Date): Context;
};

export async function actingDeveloper(test: CoreTest, portal_id: string, username = 'ada'): Promise<Acting> {
  const { developer_id } = await inviteDeveloper.execute(test.as(admin()), { portal_id, username, password: PASSWORD });
  const { em } = test.as(admin());
  const actor = await speakFor({ em, actor: portalToken(portal_id) }, developer_id);
  const as = (now?: Date): Context => test.as(actor, now);
  const { id: application_id } = await createApplication.execute(as(), { name: 'Shop' });
  return { ref: { portal_id, developer_id }, application_id, as };
}
