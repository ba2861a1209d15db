import { ERRORS } from '@gatehouse/contract/errors';
import { Problem } from '@gatehouse/contract/problem';
import type { UseCaseAccess } from '@gatehouse/core/kernel/use-case';
import type { AnyTRPCRouter } from '@trpc/server';
import { DEVELOPER_HEADER } from '../http/credentials.ts';
import { BASE_PATH } from './adapter.ts';
import { VERSION } from '../version.ts';
import { callsOf, type Call } from './calls.ts';
import { gatherSchemas, type Components, type Json } from './openapi-schemas.ts';
import type { Route } from './table.ts';

const SUCCESS: Record<Route['status'], string> = { 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'Done' };

const ABOUT = `The \`X-Request-Id\` header sets the id of a request. The response repeats it.
A portal token acts for a developer by sending \`${DEVELOPER_HEADER}\`, in the operations that list it as a parameter.`;

/**
 * The OpenAPI 3.1 document of a REST table, generated from the table and its use-cases. A proxy may strip `prefix` from
 * the paths that callers see.
 */
export function openApiDocument(router: AnyTRPCRouter, routes: readonly Route[], prefix = ''): Json {
  const components = gatherSchemas();
  const problem = components.output(Problem);
  const paths = pathsOf(callsOf(router, routes), components);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Gatehouse',
      version: VERSION,
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: prefix + BASE_PATH }],
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }, { console: [] }],
    paths,
    components: {
      schemas: components.named(),
      responses: {
        Problem: {
          description: 'An error document (RFC 9457)',
          content: { 'application/problem+json': { schema: problem }, 'application/json': { schema: problem } },
        },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-KEY' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'gatehouse_session',
          description:
            'The session of a signed-in developer. With https, the cookie is named `__Host-gatehouse_session`.',
        },
        console: {
          type: 'apiKey',
          in: 'cookie',
          name: 'gatehouse_console',
          description:
            'The console session of an operator or admin token. With https, the cookie is named `__Host-gatehouse_console`.',
        },
      },
    },
  };
}

function pathsOf(calls: Call[], components: Components): Json {
  const byPath = [...Map.groupBy(calls, ({ route }) => route.path)];
  return Object.fromEntries(
    byPath.map(([path, sharing]) => [
      path,
      Object.fromEntries(sharing.map((call) => [call.route.method.toLowerCase(), operation(call, components)])),
    ]),
  );
}

function operation(call: Call, components: Components): Json {
  const { route, useCase } = call;
  const fields = components.fields(useCase.input);
  const [noun = ''] = route.procedure.split('.');
  return {
    operationId: route.procedure.replace('.', '_'),
    summary: useCase.summary,
    tags: [noun],
    ...callerOf(useCase.access),
    parameters: [
      ...call.params.map((name) => pathParameter(name, fields.properties[name])),
      ...queryParameters(call, fields),
      ...(actsForDeveloper(call) ? [ACTING_DEVELOPER] : []),
    ],
    ...requestBody(call, fields),
    responses: { [route.status]: success(call, components), ...problems(call) },
  };
}

type Fields = ReturnType<Components['fields']>;

const pathParameter = (name: string, schema: unknown): Json => ({ name, in: 'path', required: true, schema });

function queryParameters({ query }: Call, { properties, required }: Fields): Json[] {
  return Object.entries(query).map(([name, { type }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: properties[name],
    ...(type === 'object' ? { style: 'deepObject', explode: true } : {}),
  }));
}

const ACTING_DEVELOPER: Json = {
  name: DEVELOPER_HEADER,
  in: 'header',
  required: false,
  description:
    'For portal tokens: the developer_id of the developer to act for. Without it, the token acts for the portal itself.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,256}$' },
};

/** Calls outside the portal side whose response also depends on the developer. */
const ALSO_FOR_DEVELOPERS = new Set(['approvals.list', 'approvals.get']);

const actsForDeveloper = ({ route, onPortalSide }: Call): boolean =>
  onPortalSide || ALSO_FOR_DEVELOPERS.has(route.procedure);

function callerOf(access: UseCaseAccess): Json {
  if (access === 'public') return { security: [] };
  if (access === 'operator')
    return { security: [{ bearer: [] }, { apiKey: [] }, { console: [] }], 'x-required-caller': 'operator' };
  if (access !== 'developer' && access !== 'session') return { 'x-required-scope': access };
  return { security: [{ bearer: [] }, { session: [] }], 'x-required-caller': 'developer' };
}

const hasBody = ({ route, body }: Call): boolean => route.method !== 'GET' && Object.keys(body).length > 0;

function requestBody(call: Call, { properties, required }: Fields): Json {
  if (!hasBody(call)) return {};
  const names = Object.keys(call.body);
  const needed = required.filter((name) => names.includes(name));
  const schema = {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
    ...(needed.length > 0 ? { required: needed } : {}),
    additionalProperties: false,
  };
  return { requestBody: { required: needed.length > 0, content: { 'application/json': { schema } } } };
}

function success({ route, useCase }: Call, components: Components): Json {
  const description = SUCCESS[route.status];
  const location = {
    Location: { description: 'The path of the record', schema: { type: 'string', format: 'uri-reference' } },
  };
  return {
    description,
    ...(route.location === null ? {} : { headers: location }),
    ...(route.status === 204 ? {} : { content: { 'application/json': { schema: components.output(useCase.output) } } }),
  };
}

/** Every error status that this call can have. */
function problems(call: Call): Json {
  const statuses = new Set<number>(Object.values(ERRORS).map(({ status }) => status));
  statuses.delete(ERRORS.method_not_allowed.status);
  if (call.useCase.kind === 'query') statuses.delete(ERRORS.illegal_state.status);
  if (!hasBody(call))
    for (const code of ['body_too_large', 'unsupported_media_type'] as const) statuses.delete(ERRORS[code].status);
  return Object.fromEntries([...statuses].map((status) => [status, { $ref: '#/components/responses/Problem' }]));
}
