/** The error message as one line, without a stack trace. */
export function failureLine(error: unknown): string {
  // For a host with several addresses, Node throws an AggregateError without a message.
  const cause: unknown = error instanceof AggregateError && error.message === '' ? error.errors[0] : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.trim().replaceAll(/\s*\n\s*/g, ' ');
}
