import pg from 'pg';
import { vi } from 'vitest';

/** The texts of the statements that this process sends until `stop`, without those that begin or end transactions. */
export function watchStatements(): { stop(): string[] } {
  const submit = vi.spyOn(pg.Query.prototype, 'submit');
  return {
    stop() {
      const texts = submit.mock.contexts.map((query) =>
        query instanceof pg.Query ? String(Reflect.get(query, 'text')) : '',
      );
      submit.mockRestore();
      return texts.filter((text) => !/^(begin|commit|rollback)/.test(text));
    },
  };
}
