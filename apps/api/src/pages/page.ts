import { GatehouseError } from '@gatehouse/contract/errors';
import type { Html } from '@gatehouse/words/html';
import type { PageTexts } from '@gatehouse/words/pages/en';
import type { NewSecret } from './secret-cookie.ts';
import type { PageVisit, Self, Visit } from './visit.ts';

/** The content of a page inside the common frame. */
export type PageContent = { title: string; body: Html };

/** `secret`: shown once by the page at `goTo`, which must say `showsSecret`. */
export type Move = { goTo: string; secret?: NewSecret };

export type Page = {
  /** The path below the portal, in the syntax of Express. */
  path: string;
  /** `visitor`: without a session; `session`: a signed-in developer, even one who must change the password first. */
  audience: 'anyone' | 'visitor' | 'developer' | 'session';
  showsSecret?: boolean;
  show(visit: Visit): Promise<PageContent> | PageContent;
  /** The actions of its forms. Each one redirects, so that reloading does not repeat it. */
  actions: Record<string, (visit: Visit) => Promise<Move>>;
};

/** Redirects to another page of the portal or the console, with an optional confirmation. */
export function moveTo({ base }: Pick<PageVisit, 'base'>, path: string, done?: keyof PageTexts['done']): Move {
  return { goTo: `${base}${path}${done ? `?done=${done}` : ''}` };
}

export function selfOf({ self }: Visit): Self {
  if (!self) throw new GatehouseError('unauthenticated', 'Sign in first.');
  return self;
}

/** The value of a field; undefined if it is empty, because forms send empty fields. */
export const given = ({ form }: Visit, name: string): string | undefined => form.get(name) || undefined;

export const typed = ({ form }: PageVisit, name: string): string => form.get(name) ?? '';
