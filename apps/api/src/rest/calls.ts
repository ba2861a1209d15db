import { portalSide } from '@gatehouse/contract/portal-side';
import type { UseCase } from '@gatehouse/core/kernel/use-case';
import type { AnyTRPCRouter } from '@trpc/server';
import { useCaseOf } from '../trpc/expose.ts';
import { fieldsOf, type JsonSchema } from './schema.ts';
import { paramsOf, type Route } from './table.ts';

/** A route with what the adapter and the OpenAPI document need of its call, worked out once at the start. */
export type Call = {
  route: Route;
  useCase: UseCase;
  /** A call of the portal side: whatever its method, `portal_id` comes from the query string. */
  onPortalSide: boolean;
  /** Fields of the input that the path carries. */
  params: string[];
  /** Fields that the query string carries: on GET all the others, elsewhere at most `portal_id`. */
  query: Record<string, JsonSchema>;
  /** Fields that the body carries. */
  body: Record<string, JsonSchema>;
};

export function callsOf(router: AnyTRPCRouter, routes: readonly Route[]): Call[] {
  const useCases = new Map(useCasesIn(router._def.record));
  return routes.map((route) => {
    const useCase = useCases.get(route.procedure);
    if (!useCase) throw new Error(`the REST table names ${route.procedure}, which is no procedure`);
    const params = paramsOf(route.path);
    const fields = Object.entries(fieldsOf(useCase.input)).filter(([name]) => !params.includes(name));
    const onPortalSide = useCase.input.shape['portal_id'] === portalSide.portal_id;
    const inQuery = (name: string): boolean => route.method === 'GET' || (onPortalSide && name === 'portal_id');
    return {
      route,
      useCase,
      onPortalSide,
      params,
      query: Object.fromEntries(fields.filter(([name]) => inQuery(name))),
      body: Object.fromEntries(fields.filter(([name]) => !inQuery(name))),
    };
  });
}

function useCasesIn(record: unknown, prefix = ''): [string, UseCase][] {
  if (typeof record !== 'object' || record === null) return [];
  return Object.entries(record).flatMap(([name, entry]: [string, unknown]) => {
    const useCase = useCaseOf(entry);
    return useCase ? [[prefix + name, useCase]] : useCasesIn(entry, `${prefix}${name}.`);
  });
}
