import { ERRORS, GatehouseError } from '@gatehouse/contract/errors';
import { parseInput, requireAccess, type UseCase } from '@gatehouse/core/kernel/use-case';
import type {
  AnyTRPCMutationProcedure,
  AnyTRPCQueryProcedure,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
} from '@trpc/server';
import type { Context } from '@gatehouse/core/kernel/context';
import type { z } from 'zod';
import type { ApiContext } from '../context.ts';
import { inLane } from '@gatehouse/postgres/call';
import { paceRefusal } from '../http/failures.ts';
import type { LaneName } from '../http/lanes.ts';
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

/** A call as transports make it. `readInput` runs after authentication and may throw. */
type Invoke = (ctx: ApiContext, readInput: () => unknown) => Promise<unknown>;

/** What is behind a procedure. REST and OpenAPI use it, so that the router's type stays small. */
export type Exposed = { useCase: UseCase; invoke: Invoke };

const exposed = new WeakMap<object, Exposed>();

export const exposedBy = (candidate: unknown): Exposed | undefined =>
  typeof candidate === 'function' ? exposed.get(candidate) : undefined;

/** Exposes a query as a tRPC query. The query parses its own output. */
export function exposeQuery<I extends z.ZodObject, O extends z.ZodType>(
  useCase: UseCase<I, O>,
): TRPCQueryProcedure<Def<I, O>>;
export function exposeQuery(useCase: UseCase): AnyTRPCQueryProcedure {
  assertKind(useCase, 'query');
  const lane = 'page_size' in useCase.input.shape ? 'list' : null;
  const invoke = invokeBy({ useCase, lane }, async ({ ctx, core }, input) => {
    const run = () => useCase.execute(core, input);
    const output = await (lane === null ? run() : inLane({ lane, caller: ctx.caller }, run));
    ctx.batch?.add(output);
    return output;
  });
  const built = procedureOf(invoke).query(({ ctx }) => ctx.output);
  exposed.set(built, { useCase, invoke });
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

type CommandLane = Exclude<LaneName, 'list'>;

/** Exposes a command as a tRPC mutation. `lane`: what the command costs most. */
export function exposeCommand<I extends z.ZodObject, O extends z.ZodType>(
  useCase: UseCase<I, O>,
  lane: CommandLane,
  hooks?: CallHooks<z.input<I>, z.output<O>>,
): TRPCMutationProcedure<Def<I, O>>;
export function exposeCommand(
  useCase: UseCase,
  lane: CommandLane,
  { guard, done, failed }: CallHooks<z.input<z.ZodObject>, unknown> = {},
): AnyTRPCMutationProcedure {
  assertKind(useCase, 'command');
  const invoke = invokeBy({ useCase, lane }, async ({ ctx, core }, input) => {
    const limits = undoable(ctx.limits);
    const caller = { ...ctx, limits, actor: core.actor };
    const call = async (): Promise<unknown> => {
      await limitChanges(caller);
      await guard?.(input, caller);
      return inLane({ lane: 'change' }, () => useCase.execute(core, input));
    };
    const output = await call().catch(async (error: unknown) => {
      if (isUndecided(error)) await limits.undo();
      else await failed?.(error, input, ctx);
      throw error;
    });
    await done?.(output, input, ctx);
    return output;
  });
  const built = procedureOf(invoke).mutation(({ ctx }) => ctx.output);
  exposed.set(built, { useCase, invoke });
  return built;
}

const procedureOf = (invoke: Invoke) =>
  procedure.use(async ({ ctx, getRawInput, next }) => next({ ctx: { output: await invoke(ctx, getRawInput) } }));

type Run = (entered: { ctx: ApiContext; core: Context }, input: z.input<z.ZodObject>) => Promise<unknown>;

/** Checks the lane, authentication and access before reading the input. */
function invokeBy({ useCase, lane }: { useCase: UseCase; lane: LaneName | null }, run: Run): Invoke {
  const { access, input: schema } = useCase;
  const invoke: Invoke = async (ctx, readInput) => {
    const { lanes } = ctx;
    // The call takes its place only after its body has arrived, so that slow senders take none.
    if (lane !== null) lanes.assertRoom(lane, ctx.caller);
    const caller = await ctx.authenticate();
    requireAccess(caller, access);
    if (ctx.hasIdempotencyKey) throw noIdempotency();
    const client = caller.kind === 'anonymous' ? networkOf(ctx.clientAddress) : null;
    if (client !== null) ctx.limits.failures.assertFew(client);
    const core = await ctx.enter(caller, access);
    try {
      const given = await readInput();
      const input = given === undefined ? {} : given;
      assertInput(schema, input);
      const call = () => run({ ctx, core }, input);
      return await (lane === null ? call() : lanes.run(lane, ctx.caller, call));
    } catch (error) {
      if (client !== null && isUnreadable(error)) ctx.limits.failures.note(client);
      throw error;
    }
  };
  return (ctx, readInput) =>
    invoke(ctx, readInput).catch(async (error: unknown) => {
      await paceRefusal(ctx.limits.failures);
      throw error;
    });
}

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
