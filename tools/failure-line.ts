/** One line that tells the user what went wrong, without a stack trace. */
export function failureLine(error: unknown): string {
  // What Node throws for a host with several addresses has no message of its own.
  const cause: unknown = error instanceof AggregateError && error.message === '' ? error.errors[0] : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.trim().replaceAll(/\s*\n\s*/g, ' ');
}
