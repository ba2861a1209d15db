/** PostgreSQL keeps no text longer than is sensible, and none with a NUL. */
const LONGEST = 1000;

/** An attribute as a provider sends it, alone or as the first of several; null: there is nothing of use. */
export function attributeValue(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first !== 'string') return null;
  const text = first.trim();
  return text === '' || text.length > LONGEST || text.includes('\0') ? null : text;
}
