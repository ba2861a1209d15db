import type { DeveloperState } from './developer.ts';
import type { Scope } from './scopes.ts';

/** The developer a portal token speaks for (`X-Portal-Developer-ID`). */
export type ActingDeveloper = { uid: string; developerId: string; state: DeveloperState };

/** Who acts: made once at the edge, never taken from input. */
export type Actor =
  | { kind: 'admin_token'; id: string; name: string; portalId: string | null; scopes: Scope[]; expiresAt: Date | null }
  | {
      kind: 'portal_token';
      id: string;
      name: string;
      portalId: string;
      scopes: Scope[];
      expiresAt: Date | null;
      developer: ActingDeveloper | null;
    }
  | { kind: 'system'; id: string }
  | { kind: 'anonymous' };

export type ActorKind = Actor['kind'];
