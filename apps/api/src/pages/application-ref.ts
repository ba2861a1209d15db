import type { Visit } from './visit.ts';

/** Which application of which portal a page is about, as the calls want to know it. */
export const applicationRef = ({ portal, params }: Visit) => ({
  portal_id: portal.id,
  application_id: params.get('application_id') ?? '',
});
