import { moveTo, type Move } from './page.ts';
import type { Visit } from './visit.ts';

/** Which application of which portal a page is about, as the calls want to know it. */
export const applicationRef = ({ portal, params }: Visit) => ({
  portal_id: portal.id,
  application_id: params.get('application_id') ?? '',
});

/** To the page of the application, which may say what was done. */
export const back = (visit: Visit, done?: Parameters<typeof moveTo>[2]): Move =>
  moveTo(visit, `/applications/${applicationRef(visit).application_id}`, done);
