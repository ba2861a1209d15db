import { GatehouseError } from '@gatehouse/contract/errors';
import type { Move, Page } from './page.ts';
import type { Visit } from './visit.ts';

/** The page to redirect to if the visitor may not see this one, else null. */
export function sentAway({ audience }: Page, visit: Visit): Move | null {
  const { self, base, query } = visit;
  const done = query.get('done');
  switch (audience) {
    case 'anyone':
      return null;
    case 'visitor':
      // Someone with a session may still need to read why another sign-in failed.
      if (!self || query.has('error')) return null;
      return { goTo: base + (done === null ? '' : `?${new URLSearchParams({ done }).toString()}`) };
    case 'session':
      return self ? null : toSignIn(visit);
    case 'developer':
      if (!self) return toSignIn(visit);
      return self.restricted ? toChangePassword(visit) : null;
  }
}

/** If the session ended while the form was filled in, the person signs in again. */
export function wayOut(error: unknown, visit: Visit): Move | null {
  return error instanceof GatehouseError && error.code === 'unauthenticated' ? toSignIn(visit) : null;
}

const toSignIn = ({ base, path }: Visit): Move => ({
  goTo: `${base}/sign_in${path === base ? '' : `?${new URLSearchParams({ return_to: path }).toString()}`}`,
});

const toChangePassword = ({ base }: Visit): Move => ({ goTo: `${base}/change_password` });
