import { moveTo, type Move } from './page.ts';
import type { Visit } from './visit.ts';

/** The application of the page, as input of the calls. */
export const applicationRef = ({ portal, params }: Visit) => ({
  portal_id: portal.id,
  application_id: params.get('application_id') ?? '',
});

/** Redirects to the page of the application, with an optional confirmation. */
export const back = (visit: Visit, done?: Parameters<typeof moveTo>[2]): Move =>
  moveTo(visit, `/applications/${applicationRef(visit).application_id}`, done);
