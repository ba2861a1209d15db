/** Characters of a message that are logged. */
const LONGEST = 300;

/**
 * An error as it may be logged. Of what PostgreSQL complains about only the code: its messages quote values, which may
 * be an address or a name.
 */
export function failure(error: unknown): { error: string; code?: string; reason?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code: unknown = Reflect.get(error, 'code');
  return {
    error: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...('severity' in error ? {} : { reason: error.message.slice(0, LONGEST) }),
  };
}
