import type { UseCase } from '@gatehouse/core/use-case';
import type { AnyTRPCRouter } from '@trpc/server';
import { useCaseOf } from '../trpc/expose.ts';
import { fieldsOf, type JsonSchema } from './schema.ts';
import { paramsOf, type Route } from './table.ts';

/** A route with what the adapter and the OpenAPI document need of its call, worked out once at the start. */
export type Call = {
  route: Route;
  useCase: UseCase;
  /** Fields of the input that the path carries. */
  params: string[];
  /** The other fields, which the query string (GET) or the body carries. */
  fields: Record<string, JsonSchema>;
};

export function callsOf(router: AnyTRPCRouter, routes: readonly Route[]): Call[] {
  const useCases = new Map(useCasesIn(router._def.record));
  return routes.map((route) => {
    const useCase = useCases.get(route.procedure);
    if (!useCase) throw new Error(`the REST table names ${route.procedure}, which is no procedure`);
    const params = paramsOf(route.path);
    const fields = Object.fromEntries(
      Object.entries(fieldsOf(useCase.input)).filter(([name]) => !params.includes(name)),
    );
    return { route, useCase, params, fields };
  });
}

function useCasesIn(record: unknown, prefix = ''): [string, UseCase][] {
  if (typeof record !== 'object' || record === null) return [];
  return Object.entries(record).flatMap(([name, entry]: [string, unknown]) => {
    const useCase = useCaseOf(entry);
    return useCase ? [[prefix + name, useCase]] : useCasesIn(entry, `${prefix}${name}.`);
  });
}
