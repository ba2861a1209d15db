import type { Actor } from '@gatehouse/contract/actor';
import { GatehouseError, ISSUES_NAMED, type InputIssue } from '@gatehouse/contract/errors';
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
  /** Throws `GatehouseError` for every problem that the caller can fix. */
  execute(context: Context, input: z.input<I>): Promise<z.output<O>>;
};

/** The first two questions of every call: is there a known caller (401), and may it do this at all (403)? */
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
  if (allows(actor.scopes, access)) return;
  throw new GatehouseError(
    'forbidden',
    actor.kind === 'developer'
      ? `Developers do not have the scope ${access}.`
      : `Your token lacks the scope ${access}.`,
  );
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

/** Where in the input a value is. A list of parents, because copies of paths would grow with the square of the depth. */
type Spot = { key: string; within: Spot | null };
type DroppedKey = Spot & { why: typeof UNKNOWN_FIELD };

/** The keys that zod drops without a word: nothing that is accepted may be lost. */
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
      // The keys of labels are kept in NFC.
      if (keys.has(key.normalize('NFC'))) found.push({ ...here, why: SAME_KEY });
      keys.add(key.normalize('NFC'));
    }
  }
  return found;
}

/** Only those that are named need their path. */
const droppedKey = ({ why, ...spot }: DroppedKey, index: number): InputIssue => ({
  path: index < ISSUES_NAMED ? pointer(pathTo(spot)) : '',
  ...why,
});

function pathTo(spot: Spot): string[] {
  const path: string[] = [];
  for (let at: Spot | null = spot; at; at = at.within) path.push(at.key);
  return path.reverse();
}

/** One error that names every field and rule: RFC 6901 pointers into the input, or into one field of it. */
export function invalidInput(issues: readonly z.core.$ZodIssue[], field?: string): GatehouseError {
  const within = field === undefined ? [] : [field];
  return inputError(issues.flatMap((issue) => issueOf({ ...issue, path: [...within, ...issue.path] })));
}

/** The same, where the rules that were broken are known. */
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

/** Characters of a pointer. A caller may send names of any length, and gets them back several times. */
const LONGEST_POINTER = 200;

function pointer(path: readonly PropertyKey[]): string {
  const text = path
    .slice(0, LONGEST_POINTER)
    .map((part) => `/${String(part).slice(0, LONGEST_POINTER).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  return shortened(text, LONGEST_POINTER);
}

/** Cuts the text to at most so many characters, with an ellipsis. */
export const shortened = (text: string, most: number): string =>
  (text.length <= most ? text : `${text.slice(0, most - 1)}…`).toWellFormed();
