import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';
import { parseInput, requireAccess, type UseCase } from '@gatehouse/core/kernel/use-case';
import type {
  AnyTRPCMutationProcedure,
  AnyTRPCQueryProcedure,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
} from '@trpc/server';
import type { z } from 'zod';
import type { ApiContext } from '../context.ts';
import { inLane } from '@gatehouse/postgres/call';
import { paceRefusal } from '../http/failures.ts';
import { networkOf } from '../http/network-of.ts';
import { toGatehouseError } from '../http/problem.ts';
import { isUndecided, limitChanges, undoable, type Guard } from '../http/rate-limit.ts';
import { procedure, type ErrorShape } from './init.ts';

/** An input without required fields may be omitted. */
type Input<T> = Record<never, never> extends T ? T | void : T;

type Def<I extends z.ZodObject, O extends z.ZodType> = {
  input: Input<z.input<I>>;
  output: z.output<O>;
  meta: object;
  errorShape: ErrorShape;
};

const exposed = new WeakMap<object, UseCase>();

/** The use-case behind a procedure. REST and OpenAPI use it, so that the router's type stays small. */
export const useCaseOf = (candidate: unknown): UseCase | undefined =>
  typeof candidate === 'function' ? exposed.get(candidate) : undefined;

/** Exposes a query as a tRPC query. The query parses its own output. */
export function exposeQuery<I extends z.ZodObject, O extends z.ZodType>(
  useCase: UseCase<I, O>,
): TRPCQueryProcedure<Def<I, O>>;
export function exposeQuery(useCase: UseCase): AnyTRPCQueryProcedure {
  assertKind(useCase, 'query');
  const isList = 'page_size' in useCase.input.shape;
  const built = entry(useCase).query(({ ctx, input }) => {
    const run = () => useCase.execute(ctx.core, input);
    return isList ? inLane('list', run) : run();
  });
  exposed.set(built, useCase);
  return built;
}

/** HTTP-specific additions to a command. */
export type CallHooks<Input, Output> = {
  /** Checks a valid input before the command runs. */
  guard?: Guard<Input>;
  /** Called after the command has succeeded. */
  done?(output: Output, input: Input, ctx: ApiContext): Promise<void> | void;
  /** Called after a failure, before the response. */
  failed?(error: unknown, input: Input, ctx: ApiContext): Promise<void>;
};

/** Exposes a command as a tRPC mutation. */
export function exposeCommand<I extends z.ZodObject, O extends z.ZodType>(
  useCase: UseCase<I, O>,
  hooks?: CallHooks<z.input<I>, z.output<O>>,
): TRPCMutationProcedure<Def<I, O>>;
export function exposeCommand(
  useCase: UseCase,
  { guard, done, failed }: CallHooks<z.input<z.ZodObject>, unknown> = {},
): AnyTRPCMutationProcedure {
  assertKind(useCase, 'command');
  const built = entry(useCase).mutation(async ({ ctx, input }) => {
    const limits = undoable(ctx.limits);
    const caller = { ...ctx, limits, actor: ctx.core.actor };
    const call = async (): Promise<unknown> => {
      await limitChanges(caller);
      await guard?.(input, caller);
      return inLane('change', () => useCase.execute(ctx.core, input));
    };
    const output = await call().catch(async (error: unknown) => {
      if (isUndecided(error)) await limits.undo();
      else await failed?.(error, input, ctx);
      throw error;
    });
    await done?.(output, input, ctx);
    return output;
  });
  exposed.set(built, useCase);
  return built;
}

/** Checks authentication and access before reading the input. */
const entry = ({ access, input }: UseCase) =>
  procedure
    .use(async ({ ctx, next }) => {
      const result = await next();
      if (!result.ok) await paceRefusal(ctx.limits.failures);
      return result;
    })
    .use(async ({ ctx, next }) => {
      const caller = await ctx.authenticate();
      requireAccess(caller, access);
      if (ctx.hasIdempotencyKey) throw noIdempotency();
      const client = caller.kind === 'anonymous' ? networkOf(ctx.clientAddress) : null;
      if (client !== null) ctx.limits.failures.assertFew(client);
      const result = await next({ ctx: { core: await ctx.enter(caller, access) } });
      if (client !== null && !result.ok && isUnreadable(result.error)) ctx.limits.failures.note(client);
      return result;
    })
    .input((given: unknown) => {
      const raw = given === undefined ? {} : given;
      assertInput(input, raw);
      return raw;
    });

/** True if the input itself is invalid, independent of any stored data. */
const isUnreadable = (error: unknown): boolean =>
  [400, 413, 415, 422].includes(ERRORS[toGatehouseError(error).code].status);

const noIdempotency = (): GatehouseError =>
  new GatehouseError('idempotency_not_supported', 'Idempotency-Key is not supported yet. Send the request without it.');

function assertInput<I extends z.ZodObject>(schema: I, raw: unknown): asserts raw is z.input<I> {
  parseInput(schema, raw);
}

function assertKind({ kind, name, access }: UseCase, expected: UseCase['kind']): void {
  if (kind !== expected) throw new Error(`${name} is a ${kind}, not a ${expected}`);
  if (access === 'system') throw new Error(`${name} is for the service itself and must not be exposed`);
}
