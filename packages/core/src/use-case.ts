import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, type InputIssue } from '@gatehouse/contract/errors';
import { allows, type Access } from '@gatehouse/contract/scopes';
import type { z } from 'zod';
import type { Context } from './context.ts';

/**
 * `public`: without a token. `system`: for the worker and the start alone, never exposed. `developer`: the developer in
 * person, by a session; `session`: the same, also while it must change its password.
 */
export type UseCaseAccess = Access | 'public' | 'system' | 'developer' | 'session';

/** What a transport sees of a command or query. */
export type UseCase<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> = {
  kind: 'command' | 'query';
  name: string;
  access: UseCaseAccess;
  summary: string;
  input: I;
  output: O;
  /** Throws `GatehouseError` for everything that the caller can mend. */
  execute(context: Context, input: z.input<I>): Promise<z.output<O>>;
};

/** The first two questions of every call: is there a known caller (401), and may it do this at all (403)? */
export function requireAccess(actor: Actor, access: UseCaseAccess): void {
  if (access === 'public') return;
  if (actor.kind === 'system') return;
  if (actor.kind === 'anonymous')
    throw new GatehouseError('unauthenticated', 'Send a valid token: Authorization: Bearer <token>.');
  if (access === 'system') throw new GatehouseError('forbidden', 'Only the service itself does this.');
  if (actor.kind === 'developer' && actor.restricted && access !== 'session') {
    throw new GatehouseError('password_change_required', 'Change the one-time password first: auth/change_password.');
  }
  if (access === 'developer' || access === 'session') {
    if (actor.kind === 'developer') return;
    throw new GatehouseError('forbidden', 'This is for a developer in person: sign in with auth/login.');
  }
  if (allows(actor.scopes, access)) return;
  throw new GatehouseError(
    'forbidden',
    actor.kind === 'developer' ? `A developer has no scope ${access}.` : `Your token lacks the scope ${access}.`,
  );
}

export function parseInput<I extends z.ZodObject>(schema: I, raw: unknown): z.output<I> {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw invalidInput(parsed.error.issues);
  const dropped = prototypeKeys(raw, []);
  if (dropped.length > 0) throw inputError(dropped.map((path) => ({ path: pointer(path), ...UNKNOWN_FIELD })));
  return parsed.data;
}

const UNKNOWN_FIELD = { message: 'Unknown field', code: 'unrecognized_keys' };

/** Where a key is `__proto__`: zod drops that one without a word, and what is accepted must not be lost. */
function prototypeKeys(raw: unknown, path: string[]): string[][] {
  if (typeof raw !== 'object' || raw === null) return [];
  return Object.entries(raw).flatMap(([key, value]) =>
    key === '__proto__' ? [[...path, key]] : prototypeKeys(value, [...path, key]),
  );
}

/** One error that names every field and rule: RFC 6901 pointers into the input, or into one field of it. */
export function invalidInput(issues: readonly z.core.$ZodIssue[], field?: string): GatehouseError {
  const within = field === undefined ? [] : [field];
  return inputError(issues.flatMap((issue) => issueOf({ ...issue, path: [...within, ...issue.path] })));
}

/** The same, where the rules that were broken are known. */
export function inputError(issues: InputIssue[]): GatehouseError {
  const detail = issues.map(({ path, message }) => `${path || '/'}: ${message}`).join('; ');
  return new GatehouseError('invalid_input', detail, { issues });
}

function issueOf(issue: z.core.$ZodIssue): InputIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: pointer([...issue.path, key]),
      message: 'Unknown field',
      code: issue.code,
    }));
  }
  const inner = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return [{ path: pointer(issue.path), message: inner ? `Key: ${inner.message}` : issue.message, code: issue.code }];
}

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
