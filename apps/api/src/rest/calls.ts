import { portalSide } from '@gatehouse/contract/portal-side';
import type { AnyTRPCRouter } from '@trpc/server';
import { exposedBy, type Exposed } from '../trpc/expose.ts';
import { fieldsOf, type JsonSchema } from './schema.ts';
import { paramsOf, type Route } from './table.ts';

/** A route with everything that the adapter and the OpenAPI document need to know about its call. Computed at start. */
export type Call = Exposed & {
  route: Route;
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
  const procedures = new Map(exposedIn(router._def.record));
  return routes.map((route) => {
    const exposed = procedures.get(route.procedure);
    if (!exposed) throw new Error(`the REST table names ${route.procedure}, which is not a procedure`);
    const { useCase } = exposed;
    const params = paramsOf(route.path);
    const fields = Object.entries(fieldsOf(useCase.input)).filter(([name]) => !params.includes(name));
    const onPortalSide = useCase.input.shape['portal_id'] === portalSide.portal_id;
    const inQuery = (name: string): boolean => route.method === 'GET' || (onPortalSide && name === 'portal_id');
    return {
      ...exposed,
      route,
      onPortalSide,
      params,
      query: Object.fromEntries(fields.filter(([name]) => inQuery(name))),
      body: Object.fromEntries(fields.filter(([name]) => !inQuery(name))),
    };
  });
}

function exposedIn(record: unknown, prefix = ''): [string, Exposed][] {
  if (typeof record !== 'object' || record === null) return [];
  return Object.entries(record).flatMap(([name, entry]: [string, unknown]) => {
    const exposed = exposedBy(entry);
    return exposed ? [[prefix + name, exposed]] : exposedIn(entry, `${prefix}${name}.`);
  });
}
