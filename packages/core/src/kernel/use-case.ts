import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, ISSUES_NAMED, type InputIssue } from '@gatehouse/contract/errors';
import { allows, type Access } from '@gatehouse/contract/scopes';
import type { z } from 'zod';
import type { Context } from './context.ts';

/**
 * `public`: no token needed. `system`: only for the worker and at start, never exposed. `developer`: a developer with a
 * session. `session`: the same, also while the password must be changed. `operator`: any operator or admin token.
 */
export type UseCaseAccess = Access | 'public' | 'system' | 'developer' | 'session' | 'operator';

/** A command or query as transports see it. */
export type UseCase<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> = {
  kind: 'command' | 'query';
  name: string;
  access: UseCaseAccess;
  summary: string;
  input: I;
  output: O;
  /** Throws `GatehouseError` for every problem that the caller can fix. */
  execute(context: Context, input: z.input<I>): Promise<z.output<O>>;
};

/** Throws 401 for an unknown caller, and 403 for one that lacks the access. */
export function requireAccess(actor: Actor, access: UseCaseAccess): void {
  if (access === 'public') return;
  if (actor.kind === 'system') return;
  if (actor.kind === 'anonymous')
    throw new GatehouseError('unauthenticated', 'Send a valid token: Authorization: Bearer <token>.');
  if (access === 'system') throw new GatehouseError('forbidden', 'Only Gatehouse itself can do this.');
  if (actor.kind === 'developer' && actor.restricted && access !== 'session') {
    throw new GatehouseError(
      'password_change_required',
      'Change the one-time password first, with auth/change_password.',
    );
  }
  if (access === 'developer' || access === 'session') {
    if (actor.kind === 'developer') return;
    throw new GatehouseError('forbidden', 'Only a signed-in developer can do this. Sign in with auth/login.');
  }
  if (access === 'operator') {
    if (actor.kind === 'operator' || actor.kind === 'admin_token') return;
    throw new GatehouseError('forbidden', 'Only operators and admin tokens can do this.');
  }
  if (!allows(actor.scopes, access)) throw new GatehouseError('forbidden', lackOf(actor, access));
}

function lackOf(actor: Actor, access: Access): string {
  if (actor.kind === 'developer') return `Developers do not have the scope ${access}.`;
  if (actor.kind === 'operator') return `Your role ${actor.role} does not allow ${access}.`;
  return `Your token lacks the scope ${access}.`;
}

export function parseInput<I extends z.ZodObject>(schema: I, raw: unknown): z.output<I> {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw invalidInput(parsed.error.issues);
  const dropped = droppedKeys(raw);
  if (dropped.length > 0) throw inputError(dropped.map(droppedKey));
  return parsed.data;
}

const UNKNOWN_FIELD = { message: 'Unknown field', code: 'unrecognized_keys' };
const SAME_KEY = { message: 'Is the same key as another one, in a different Unicode form', code: 'custom' };

/** The position of a value in the input, as a linked list. Copied paths would grow with the square of the depth. */
type Spot = { key: string; within: Spot | null };
type DroppedKey = Spot & { why: typeof UNKNOWN_FIELD };

/** Keys that zod drops silently. They are refused, because accepted input must not get lost. */
function droppedKeys(raw: unknown): DroppedKey[] {
  const found: DroppedKey[] = [];
  const open: { value: unknown; spot: Spot | null }[] = [{ value: raw, spot: null }];
  for (let at = open.pop(); at; at = open.pop()) {
    const { value, spot } = at;
    if (typeof value !== 'object' || value === null) continue;
    const keys = new Set<string>();
    for (const [key, inner] of Object.entries(value)) {
      const here = { key, within: spot };
      if (key === '__proto__') found.push({ ...here, why: UNKNOWN_FIELD });
      else open.push({ value: inner, spot: here });
      // Label keys are stored in NFC.
      if (keys.has(key.normalize('NFC'))) found.push({ ...here, why: SAME_KEY });
      keys.add(key.normalize('NFC'));
    }
  }
  return found;
}

/** Builds paths only for the issues that the error names. */
const droppedKey = ({ why, ...spot }: DroppedKey, index: number): InputIssue => ({
  path: index < ISSUES_NAMED ? pointer(pathTo(spot)) : '',
  ...why,
});

function pathTo(spot: Spot): string[] {
  const path: string[] = [];
  for (let at: Spot | null = spot; at; at = at.within) path.push(at.key);
  return path.reverse();
}

/** One error that names every field and rule, by RFC 6901 pointers into the input or into `field`. */
export function invalidInput(issues: readonly z.core.$ZodIssue[], field?: string): GatehouseError {
  const within = field === undefined ? [] : [field];
  return inputError(issues.flatMap((issue) => issueOf({ ...issue, path: [...within, ...issue.path] })));
}

/** The same from issues that are already known. */
export function inputError(issues: InputIssue[]): GatehouseError {
  const named = issues.slice(0, ISSUES_NAMED).map(({ path, message }) => `${path || '/'}: ${message}`);
  const omitted = issues.length - named.length;
  const detail = [...named, ...(omitted > 0 ? [`and ${String(omitted)} more`] : [])].join('; ');
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

/** The longest pointer, in characters. Names that callers send can be long, and an error repeats them several times. */
const LONGEST_POINTER = 200;

function pointer(path: readonly PropertyKey[]): string {
  const text = path
    .slice(0, LONGEST_POINTER)
    .map((part) => `/${String(part).slice(0, LONGEST_POINTER).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  return shortened(text, LONGEST_POINTER);
}

/** Shortens the text to `most` characters, ending in an ellipsis. */
export const shortened = (text: string, most: number): string =>
  (text.length <= most ? text : `${text.slice(0, most - 1)}…`).toWellFormed();
