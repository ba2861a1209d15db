/** Milliseconds between two lines about the same trouble. */
const PAUSE = 10_000;

/** Tells the first error and then at most one in ten seconds: a server that is away fails every call there is. */
export function sparing(tell: (error: Error) => void): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    const now = performance.now();
    if (now < quietUntil) return;
    quietUntil = now + PAUSE;
    tell(error);
  };
}
