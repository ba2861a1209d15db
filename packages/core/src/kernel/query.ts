import type { Actor } from '@gatehouse/contract/actor';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Settings } from './context.ts';
import { translated } from './database-errors.ts';
import { enforce, type Decision } from './decision.ts';
import { parseInput, requireAccess, type UseCase, type UseCaseAccess } from './use-case.ts';

/** The scope of a command without `emit`, because a query changes nothing. */
export type QueryScope = {
  em: EntityManager;
  actor: Actor;
  now: Date;
  settings: Settings;
  authorize(decision: Decision): void;
};

type Definition<I extends z.ZodObject, O extends z.ZodType> = {
  name: string;
  access: UseCaseAccess;
  summary: string;
  input: I;
  output: O;
  run(scope: QueryScope, input: z.output<I>): Promise<z.input<O>>;
};

/** A use-case that only reads. It fails if it never authorizes. */
export function query<I extends z.ZodObject, O extends z.ZodType>(definition: Definition<I, O>): UseCase<I, O> {
  const { name, access, summary, input, output, run } = definition;
  return {
    kind: 'query',
    name,
    access,
    summary,
    input,
    output,
    async execute({ em, replica, actor, now, settings }, raw) {
      requireAccess(actor, access);
      const parsed = parseInput(input, raw);
      let authorized = false;
      const authorize = (decision: Decision): void => {
        enforce(decision);
        authorized = true;
      };
      const read = (from: EntityManager) => run({ em: from, actor, now, settings, authorize }, parsed);
      const view = await translated(() => (replica ? replica.read(read) : read(em.fork())));
      if (!authorized) throw new Error(`${name} was never authorized`);
      return output.parse(view);
    },
  };
}
