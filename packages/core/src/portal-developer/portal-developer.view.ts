import type { PortalDeveloper as View } from '@gatehouse/contract/portal-developer';
import { developerView, type DeveloperRow } from '../developer/developer.view.ts';

export function portalDeveloperView(developer: DeveloperRow): View {
  const { last_active_at, ...view } = developerView(developer);
  return {
    ...view,
    id: developer.developerId,
    status: developer.state,
    ...(last_active_at === null ? {} : { last_active_at }),
  };
}
