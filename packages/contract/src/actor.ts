import type { DeveloperId, DeveloperUid, OperatorId, PortalId, SessionId } from './ids.ts';
import type { DeveloperState } from './developer.ts';
import type { Suspension } from './errors.ts';
import type { OperatorRole, Scope } from './scopes.ts';

/** The developer that a portal token acts for (`X-Portal-Developer-ID`). */
export type ActingDeveloper = {
  uid: DeveloperUid;
  developerId: DeveloperId;
  state: DeveloperState;
  /** Present if the developer is suspended. */
  suspension?: Suspension;
};

/** The caller. Created once at the edge, never taken from input. */
export type Actor =
  | {
      kind: 'admin_token';
      id: string;
      name: string;
      portalId: PortalId | null;
      scopes: Scope[];
      expiresAt: Date | null;
      /** The console session that the token was exchanged for, if the call is made with one. */
      sessionId?: SessionId;
    }
  | {
      /** A person on the side of the provider, signed in to the console. */
      kind: 'operator';
      id: OperatorId;
      name: string;
      role: OperatorRole;
      /** The portals that the operator works on; null for all. */
      portalIds: PortalId[] | null;
      scopes: Scope[];
      sessionId: SessionId;
    }
  | {
      kind: 'portal_token';
      id: string;
      name: string;
      portalId: PortalId;
      scopes: Scope[];
      expiresAt: Date | null;
      developer: ActingDeveloper | null;
    }
  | {
      /** The developer, signed in with a session. */
      kind: 'developer';
      uid: DeveloperUid;
      developerId: DeveloperId;
      portalId: PortalId;
      state: DeveloperState;
      sessionId: SessionId;
      /** The session may only change the one-time password. */
      restricted: boolean;
      scopes: Scope[];
    }
  | { kind: 'system'; id: string }
  | { kind: 'anonymous' };
