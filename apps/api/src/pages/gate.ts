import { GatehouseError } from '@gatehouse/contract/errors';
import type { Move, Page } from './page.ts';
import type { Visit } from './visit.ts';

/** Where whoever may not be at a page is sent; null where it is for them. */
export function sentAway({ audience }: Page, visit: Visit): Move | null {
  const { self, base, query } = visit;
  const done = query.get('done');
  switch (audience) {
    case 'anyone':
      return null;
    case 'visitor':
      // What went wrong with another sign-in is to be read also by who is signed in still.
      if (!self || query.has('error')) return null;
      return { goTo: base + (done === null ? '' : `?${new URLSearchParams({ done }).toString()}`) };
    case 'session':
      return self ? null : toSignIn(visit);
    case 'developer':
      if (!self) return toSignIn(visit);
      return self.restricted ? toChangePassword(visit) : null;
  }
}

/** The session may end while somebody fills in a form: that is no error, but a reason to sign in again. */
export function wayOut(error: unknown, visit: Visit): Move | null {
  return error instanceof GatehouseError && error.code === 'unauthenticated' ? toSignIn(visit) : null;
}

const toSignIn = ({ base, path }: Visit): Move => ({
  goTo: `${base}/sign_in${path === base ? '' : `?${new URLSearchParams({ return_to: path }).toString()}`}`,
});

const toChangePassword = ({ base }: Visit): Move => ({ goTo: `${base}/change_password` });
