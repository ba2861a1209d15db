import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between the beginnings of two writes. */
const PAUSE = 20;

/**
 * Writes items in groups: the first one immediately, and those that arrive during a write and its pause together in the next.
 * The promise of each item is that of its write.
 */
export function grouped<T>(write: (items: T[]) => Promise<void>): (item: T) => Promise<void> {
  let items: T[] = [];
  let next: Promise<void> | null = null;
  let busy: Promise<unknown> = Promise.resolve();
  return (item) => {
    items.push(item);
    next ??= busy.then(() => {
      const group = items;
      items = [];
      next = null;
      const written = write(group);
      busy = Promise.allSettled([written, delay(PAUSE)]);
      return written;
    });
    return next;
  };
}
