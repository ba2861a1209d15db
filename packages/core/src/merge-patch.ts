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

/** Which of these fields differ, by their JSON. */
export function changedFields<T extends object>(before: T, after: { [K in keyof T]: T[K] }): (keyof T & string)[] {
  const names: (keyof T & string)[] = [];
  for (const name in before)
    if (JSON.stringify(sorted(before[name])) !== JSON.stringify(sorted(after[name]))) names.push(name);
  return names;
}

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    : value;
