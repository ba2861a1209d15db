import { fieldError } from '@gatehouse/contract/errors';
import { labelsFault } from '@gatehouse/contract/text';

type Labels = Record<string, string>;

/** RFC 7396 for a flat object: a value sets, null removes, absent keeps. A null patch removes everything. */
export function mergePatch<V>(current: Record<string, V>, patch: Record<string, V | null> | null): Record<string, V> {
  if (patch === null) return {};
  const merged = new Map(Object.entries(current));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** Labels after a patch; an absent one keeps them. Throws `invalid_input` when they would be too many or too long. */
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

/** Which fields of `after` differ from those before, by their JSON. */
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
