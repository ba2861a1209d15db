import { GatehouseError } from '@gatehouse/contract/errors';
import type { Html } from './html.ts';
import type { Texts } from './locales/en.ts';
import type { NewSecret } from './secret-cookie.ts';
import type { Self, Visit } from './visit.ts';

/** What a page shows below the frame that all have. */
export type Shown = { title: string; body: Html };

/** `secret`: shown once by the page at `goTo`, which must say `showsSecret`. */
export type Move = { goTo: string; secret?: NewSecret };

export type Page = {
  /** Below the address of the portal, as Express reads it. */
  path: string;
  /** `visitor`: nobody who is signed in; `session`: a developer, also one who must change the password first. */
  audience: 'anyone' | 'visitor' | 'developer' | 'session';
  showsSecret?: boolean;
  show(visit: Visit): Promise<Shown> | Shown;
  /** What its forms can ask for. Each leads to a page that can be reloaded without doing it again. */
  actions: Record<string, (visit: Visit) => Promise<Move>>;
};

/** To another page of the portal, which may say what was done. */
export function moveTo({ base }: Pick<Visit, 'base'>, path: string, done?: keyof Texts['done']): Move {
  return { goTo: `${base}${path}${done ? `?done=${done}` : ''}` };
}

export function selfOf({ self }: Visit): Self {
  if (!self) throw new GatehouseError('unauthenticated', 'Sign in first.');
  return self;
}

/** What was sent under that name; undefined where it is empty, as a form sends what was left out. */
export const given = ({ form }: Visit, name: string): string | undefined => form.get(name) || undefined;

export const typed = ({ form }: Visit, name: string): string => form.get(name) ?? '';
