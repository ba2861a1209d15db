/** PostgreSQL keeps no text longer than is sensible, and none with a NUL. */
const LONGEST = 1000;

/** An attribute as a provider sends it, alone or as the first of several; null: there is nothing of use. */
export function attributeValue(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first !== 'string') return null;
  const text = first.trim();
  return text === '' || text.length > LONGEST || text.includes('\0') ? null : text;
}

/** Space as XML knows it. */
const AROUND = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/**
 * By what an XML answer names somebody, as it is: other space, or case, may be all that tells two people apart. null:
 * there is nothing of use.
 */
export function nameIn(text: string): string | null {
  // A long run of space would take long to look through.
  if (text.length > LONGEST) return null;
  const name = text.replaceAll(AROUND, '');
  return name === '' || /\p{Cc}/u.test(name) ? null : name;
}
