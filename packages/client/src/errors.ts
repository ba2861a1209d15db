/** What the service says about a call that failed: a problem document as in RFC 9457. */
export type Problem = {
  /** `urn:gatehouse:error:<code>` */
  type: string;
  /** The same for every problem of this code. */
  title: string;
  /** The HTTP status the call would have had by itself, outside a batch. */
  status: number;
  /** For people: what was wrong this time. */
  detail: string;
  /** The same as `detail`. */
  message: string;
  /** The same as `detail`. */
  error_msg: string;
  /** The path of the request; in a batch it names all calls. */
  instance: string;
  /** For programs: `not_found`, `invalid_input` and so on. A later release of the service may add codes. */
  code: string;
  /** For `invalid_input` and rules about one field: `path` is a JSON Pointer into the input. */
  errors?: { path: string; message: string; code: string }[] | undefined;
  /** Of `developer_not_active`, for the person whose account is suspended: why, and whom to ask. */
  suspension?: { reason: string | null; support_email: string | null } | undefined;
  /** How many more faults the input has than `errors` names. */
  errors_omitted?: number | undefined;
  /** Names this call in the service's log. */
  request_id: string;
};

/**
 * The problem the service reported, from whatever a call of the client threw.
 * Null when the service did not speak: no connection, an aborted call, an answer of a proxy or of another server.
 */
export function problemOf(error: unknown): Problem | null {
  const problem = field(field(error, 'data'), 'problem');
  return isProblem(problem) ? problem : null;
}

const TEXTS = ['type', 'title', 'detail', 'message', 'error_msg', 'instance', 'code', 'request_id'] as const;

function isProblem(value: unknown): value is Problem {
  const errors = field(value, 'errors');
  return (
    areTexts(value, TEXTS) &&
    typeof field(value, 'status') === 'number' &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isIssue))) &&
    isSuspension(field(value, 'suspension'))
  );
}

const isSuspension = (value: unknown): boolean =>
  value === undefined ||
  ['reason', 'support_email'].every((name) => field(value, name) === null || typeof field(value, name) === 'string');

const isIssue = (value: unknown): boolean => areTexts(value, ['path', 'message', 'code']);

const areTexts = (value: unknown, names: readonly string[]): boolean =>
  names.every((name) => typeof field(value, name) === 'string');

/** Undefined where there is no such field, or nothing that could have one. */
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
