import type {
  AnyTRPCMutationProcedure,
  AnyTRPCProcedure,
  AnyTRPCQueryProcedure,
  AnyTRPCRouter,
  inferProcedureInput,
  inferProcedureOutput,
} from '@trpc/server';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Status = 200 | 201 | 202 | 204;

/** One route of the REST table: the call behind a method and path, and its success response. */
export type Route = {
  method: Method;
  /** Below `/api`; `{name}` is a field of the call's input. */
  path: string;
  /** The name of the tRPC procedure: `noun.verb`. */
  procedure: string;
  status: Status;
  /** Path of the created record or started job, below `/api`. `{name}` is a field of the response. */
  location: string | null;
};

type Procedures<R extends AnyTRPCRouter> = R['_def']['record'];

/** `noun.verb` of every procedure of this kind. */
type Names<T, Kind> = {
  [Noun in keyof T & string]: {
    [Verb in keyof T[Noun] & string]: T[Noun][Verb] extends Kind ? `${Noun}.${Verb}` : never;
  }[keyof T[Noun] & string];
}[keyof T & string];

type At<T, Name extends string> = Name extends `${infer Noun}.${infer Verb}`
  ? Noun extends keyof T
    ? Verb extends keyof T[Noun]
      ? Extract<T[Noun][Verb], AnyTRPCProcedure>
      : never
    : never
  : never;

type Params<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Params<Rest> : never;

/** The path if all its parameters are in `Fields`, otherwise a type that names the wrong parameter. */
type Checked<Path extends string, Fields> = [Params<Path>] extends [Fields]
  ? Path
  : `no such field: ${Exclude<Params<Path>, Fields> & string}`;

type Success<To extends string, Output> = {
  status?: Status;
  location?: Checked<To, keyof Output>;
};

/**
 * A REST table over a tRPC router. The compiler rejects an unknown procedure, a GET on a mutation, a path parameter
 * that is not an input field, and a `location` with an unknown output field.
 */
export function restTable<R extends AnyTRPCRouter>() {
  type Calls = Procedures<R>;
  type Queries = Names<Calls, AnyTRPCQueryProcedure>;
  type Mutations = Names<Calls, AnyTRPCMutationProcedure>;

  const mutation =
    (method: Method) =>
    <const Path extends `/${string}`, const Name extends Mutations, const To extends `/${string}` = never>(
      path: Checked<Path, keyof inferProcedureInput<At<Calls, Name>>>,
      procedure: Name,
      { status = 200, location }: Success<To, inferProcedureOutput<At<Calls, Name>>> = {},
    ): Route => ({ method, path, procedure, status, location: location ?? null });

  const get = <const Path extends `/${string}`, const Name extends Queries>(
    path: Checked<Path, keyof inferProcedureInput<At<Calls, Name>>>,
    procedure: Name,
  ): Route => ({ method: 'GET', path, procedure, status: 200, location: null });

  return {
    get,
    post: mutation('POST'),
    put: mutation('PUT'),
    patch: mutation('PATCH'),
    remove: mutation('DELETE'),
  };
}

/** The names in `{braces}`, in order. */
export const paramsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** The path with each `{name}` replaced by that field of the record, percent-encoded (RFC 3986). */
export const fillPath = (path: string, record: unknown): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(fieldOf(record, name))));

function fieldOf(record: unknown, name: string): unknown {
  const field =
    typeof record === 'object' && record !== null ? Object.entries(record).find(([key]) => key === name) : undefined;
  if (!field) throw new Error(`the response has no field ${name}`);
  return field[1];
}
