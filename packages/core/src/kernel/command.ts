import type { DeveloperUid } from '@gatehouse/contract/ids';
import type { EventName } from '@gatehouse/contract/events';
import { Developer } from '@gatehouse/db/entities/developer.entity';
import type { Event } from '@gatehouse/db/entities/event.entity';
import { EventContext } from '@gatehouse/db/entities/event-context.entity';
import type { Operator } from '@gatehouse/db/entities/operator.entity';
import type { Token } from '@gatehouse/db/entities/token.entity';
import { hasChanges, transaction } from '@gatehouse/db/transaction';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Actor } from '@gatehouse/contract/actor';
import type { Locale } from '@gatehouse/contract/locale';
import type { Context, NewConsoleSession, RequestOrigin, Settings } from './context.ts';
import { attribution, attributionOf, type Attribution, recordEvent } from '../event/record-event.ts';
import { resourceRef, type ResourceOf } from '../event/resource.ts';
import { retrying, translated } from './database-errors.ts';
import { enforce, type Decision } from './decision.ts';
import { parseInput, requireAccess, type UseCase, type UseCaseAccess } from './use-case.ts';

/** Adds an event to the transaction. `changed`: the names of the fields that changed, never their values. */
type Emit = <N extends EventName>(name: N, resource: ResourceOf<N>, changed?: string[]) => Event;

/** What a use-case works with. A command that never authorizes, or that changes something without an event, fails. */
export type Scope = {
  em: EntityManager;
  actor: Actor;
  now: Date;
  requestId: string | null;
  /** The language that the caller prefers, if we speak it. */
  locale: Locale | null;
  settings: Settings;
  authorize(decision: Decision): void;
  emit: Emit;
  /** Emits in the name of a person or token that has authenticated within this call. */
  as(who: Developer | Operator | Token): { emit: Emit };
  /** Hands a new console session to the transport, after the commit. */
  keepSession(session: NewConsoleSession): void;
};

type Outcome<T> = { changed: boolean; view: T };

/** The command changed something: at least one event must have been emitted. */
export const changed = <T>(view: T): Outcome<T> => ({ changed: true, view });
/** The command found nothing to do: nothing may have been changed. */
export const unchanged = <T>(view: T): Outcome<T> => ({ changed: false, view });

type Definition<I extends z.ZodObject, O extends z.ZodType, Facts> = {
  name: string;
  access: UseCaseAccess;
  summary: string;
  input: I;
  output: O;
  /** Slow work (a password hash) and its reads, before the transaction, so that it holds no connection. */
  prepare(context: Context, input: z.output<I>): Promise<Facts>;
  run(scope: Scope, input: z.output<I>, facts: Facts): Promise<Outcome<z.input<O>>>;
};

type Simple<I extends z.ZodObject, O extends z.ZodType> = Omit<Definition<I, O, void>, 'prepare'>;

/** A use-case that changes something: one transaction, one decision, at least one event, all or nothing. */
export function command<I extends z.ZodObject, O extends z.ZodType, Facts>(
  definition: Definition<I, O, Facts>,
): UseCase<I, O>;
export function command<I extends z.ZodObject, O extends z.ZodType>(definition: Simple<I, O>): UseCase<I, O>;
export function command<I extends z.ZodObject, O extends z.ZodType>(
  definition: Simple<I, O> & { prepare?: Definition<I, O, void>['prepare'] },
): UseCase<I, O> {
  const { name, access, summary, input, output } = definition;
  return {
    kind: 'command',
    name,
    access,
    summary,
    input,
    output,
    async execute(context, raw) {
      requireAccess(context.actor, access);
      const parsed = parseInput(input, raw);
      const view = await translated(async () => {
        const facts = await definition.prepare?.(context, parsed);
        return retrying(() => inTransaction(context, name, (scope) => definition.run(scope, parsed, facts)));
      });
      return output.parse(view);
    },
  };
}

async function inTransaction<T>(
  context: Context,
  name: string,
  run: (scope: Scope) => Promise<Outcome<T>>,
): Promise<T> {
  const record: CallRecord = { authorized: false, events: [], person: null, revoked: [], session: null };
  const view = await transaction(context.em, async (em) => {
    const outcome = await run(scopeOf(context, em, record));
    if (!record.authorized) throw new Error(`${name} was never authorized`);
    if (outcome.changed && record.events.length === 0) throw new Error(`${name} changed something without an event`);
    if (!outcome.changed && hasChanges(em)) throw new Error(`${name} says unchanged, but changed something`);
    if (context.origin) recordOrigin(em, context.origin, record);
    return outcome.view;
  });
  if (record.events.length > 0) context.onCommitted?.(record.revoked);
  if (record.session) context.onSession?.(record.session);
  return view;
}

/** What a use-case has done so far. `person`: the developer who makes the call in person, if any. */
type CallRecord = {
  authorized: boolean;
  events: Event[];
  person: DeveloperUid | null;
  revoked: string[];
  session: NewConsoleSession | null;
};

function scopeOf(context: Context, em: EntityManager, record: CallRecord): Scope {
  const { actor, now, requestId, settings } = context;
  if (actor.kind === 'developer') record.person = actor.uid;
  const emitter =
    (by: Attribution): Emit =>
    (name, resource, fields = []) => {
      const added = { name, resource: resourceRef(resource), changed: fields, by, requestId, now };
      const { event, revoked } = recordEvent(em, added);
      record.events.push(event);
      if (revoked !== null) record.revoked.push(revoked);
      return event;
    };
  return {
    em,
    actor,
    now,
    requestId,
    locale: context.locale ?? null,
    settings,
    authorize(decision) {
      enforce(decision);
      record.authorized = true;
    },
    emit: emitter(attribution(actor)),
    as(who) {
      if (who instanceof Developer) record.person = who.id;
      return { emit: emitter(attributionOf(who)) };
    },
    keepSession(session) {
      record.session = session;
    },
  };
}

/** All events of a call have the same origin and person, whichever event names the person. */
function recordOrigin(em: EntityManager, origin: RequestOrigin, { events, person }: CallRecord): void {
  for (const { id, portalId, occurredAt } of events)
    em.create(EventContext, { event: id, developer: person, portalId, ...origin, occurredAt });
}
