/** Milliseconds between two log lines about the same error. */
const PAUSE = 10_000;

/** Logs the first error, and then at most one every ten seconds: during an outage, every call fails. */
export function throttled(log: (error: Error) => void): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + PAUSE;
    log(error);
  };
}
