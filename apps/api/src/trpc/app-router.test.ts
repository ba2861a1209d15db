import type { Approval } from '@gatehouse/contract/approval';
import type { Developer } from '@gatehouse/contract/developer';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { expect, expectTypeOf, test } from 'vitest';
import { appRouter, type AppRouter } from './app-router.ts';
import { exposedBy } from './expose.ts';

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

test('types the client with the contract', () => {
  expectTypeOf<Outputs['developers']['get']>().toEqualTypeOf<Developer>();
  expectTypeOf<Outputs['approvals']['list']['list']>().toEqualTypeOf<Approval[]>();
  expectTypeOf<Inputs['approvals']['accept']>().toEqualTypeOf<{
    approval_id: string;
    reason?: string | undefined;
    metadata?: string | undefined;
  }>();
  expectTypeOf<AppRouter['developers']['list']['_def']['type']>().toEqualTypeOf<'query'>();
  expectTypeOf<AppRouter['developers']['invite']['_def']['type']>().toEqualTypeOf<'mutation'>();
});

test('exposes every use-case under its own name', () => {
  const procedures: Record<string, unknown> = appRouter._def.procedures;
  for (const [name, procedure] of Object.entries(procedures)) expect(exposedBy(procedure)?.useCase.name).toBe(name);
});
