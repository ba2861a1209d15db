import type { PortalDeveloper as View } from '@gatehouse/contract/portal-developer';
import { developerView, type DeveloperRow } from './developer.view.ts';

export const portalDeveloperView = (developer: DeveloperRow): View => ({
  ...developerView(developer),
  id: developer.developerId,
  status: developer.state,
});
