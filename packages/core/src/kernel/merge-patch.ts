import { fieldError } from '@gatehouse/contract/errors';
import { labelsFault } from '@gatehouse/contract/text';

type Labels = Record<string, string>;

/** RFC 7396 for a flat object: a value replaces, null removes, an absent key keeps. A null patch removes everything. */
export function mergePatch<V>(current: Record<string, V>, patch: Record<string, V | null> | null): Record<string, V> {
  if (patch === null) return {};
  const merged = new Map(Object.entries(current));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** The labels after a patch, which may be absent. Throws `invalid_input` if they exceed their limits. */
export function mergeLabels(
  current: Labels,
  patch: Record<string, string | null> | null | undefined,
  field: 'labels' | 'admin_labels' = 'labels',
): Labels {
  if (patch === undefined) return current;
  const merged = mergePatch(current, patch);
  const fault = labelsFault(merged);
  if (fault !== null) throw fieldError('invalid_input', field, fault);
  return merged;
}

/** The names of the fields whose JSON differs. */
export function changedFields<T extends object>(before: T, after: Partial<T>): (keyof T & string)[] {
  const names: (keyof T & string)[] = [];
  for (const name in before)
    if (name in after && JSON.stringify(sorted(before[name])) !== JSON.stringify(sorted(after[name]))) names.push(name);
  return names;
}

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    : value;
