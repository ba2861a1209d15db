import { portalSide } from '@gatehouse/contract/portal-side';
import type { UseCase } from '@gatehouse/core/kernel/use-case';
import type { AnyTRPCRouter } from '@trpc/server';
import { useCaseOf } from '../trpc/expose.ts';
import { fieldsOf, type JsonSchema } from './schema.ts';
import { paramsOf, type Route } from './table.ts';

/** A route with everything that the adapter and the OpenAPI document need to know about its call. Computed at start. */
export type Call = {
  route: Route;
  useCase: UseCase;
  /** A portal-side call. Whatever its method, `portal_id` comes from the query string. */
  onPortalSide: boolean;
  /** The input fields in the path. */
  params: string[];
  /** The input fields in the query string: all others for GET, at most `portal_id` otherwise. */
  query: Record<string, JsonSchema>;
  /** The input fields in the body. */
  body: Record<string, JsonSchema>;
};

export function callsOf(router: AnyTRPCRouter, routes: readonly Route[]): Call[] {
  const useCases = new Map(useCasesIn(router._def.record));
  return routes.map((route) => {
    const useCase = useCases.get(route.procedure);
    if (!useCase) throw new Error(`the REST table names ${route.procedure}, which is not a procedure`);
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
