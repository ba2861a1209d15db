import { z } from 'zod';
import { ERRORS, ISSUES_NAMED, type ErrorCode, type GatehouseError } from './errors.ts';

/** An RFC 9457 problem document. `message` and `error_msg` repeat `detail` for clients of the compatible API. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    message: z.string(),
    error_msg: z.string(),
    instance: z.string(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string(), code: z.string() })).optional(),
    errors_omitted: z.int().min(1).optional(),
    /** In `developer_not_active`, for the owner of a suspended account. */
    suspension: z.object({ reason: z.string().nullable(), support_email: z.string().nullable() }).optional(),
    request_id: z.string(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

export type ProblemRequest = { instance: string; requestId: string };

export function problemOf(error: GatehouseError, request: ProblemRequest): Problem {
  const { status, title }: { status: number; title: string } = ERRORS[error.code];
  const { issues } = error;
  const omitted = issues.length - ISSUES_NAMED;
  return {
    type: `urn:gatehouse:error:${error.code satisfies ErrorCode}`,
    title,
    status,
    detail: error.message,
    message: error.message,
    error_msg: error.message,
    instance: request.instance,
    code: error.code,
    ...(issues.length > 0 ? { errors: issues.slice(0, ISSUES_NAMED) } : {}),
    ...(omitted > 0 ? { errors_omitted: omitted } : {}),
    ...(error.suspension === null ? {} : { suspension: error.suspension }),
    request_id: request.requestId,
  };
}
