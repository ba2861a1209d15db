/** Characters. Longer values are treated as unusable. */
const LONGEST = 1000;

/** The attribute that a provider sent, or the first of several; null if it is empty or unusable. */
export function attributeValue(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first !== 'string') return null;
  const text = first.trim();
  // PostgreSQL cannot store a NUL in text.
  return text === '' || text.length > LONGEST || text.includes('\0') ? null : text;
}

/** White space as XML defines it. */
const AROUND = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/**
 * The name of a person in an XML response. Only XML white space is trimmed: other white space, or case, may be all that
 * distinguishes two people. null if the name is empty or unusable.
 */
export function nameIn(text: string): string | null {
  // Trimming a long run of white space is slow.
  if (text.length > LONGEST) return null;
  const name = text.replaceAll(AROUND, '');
  return name === '' || /\p{Cc}/u.test(name) ? null : name;
}
