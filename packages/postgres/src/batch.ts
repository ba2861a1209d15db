import type pg from 'pg';
import { isOutdated, prepareAgain } from './prepared.ts';

type Statement = { text: string; values: readonly unknown[] };

export type TransactionPart = {
  begins: boolean;
  statements: readonly Statement[];
  commits: boolean;
  /** Follows `commit` outside the transaction. Its failure is ignored. */
  afterwards?: Statement | undefined;
};

/** Statements of one transaction, which `begin` may precede and `commit` may follow. */
export type Batch = {
  begin?: string;
  statements: readonly pg.QueryConfig[];
  commits: boolean;
  afterwards?: pg.QueryConfig | undefined;
  /** Called when `begin` has ended. */
  onBegun: () => void;
};

/**
 * Sends a batch in one write, so that it costs one round trip. Returns the results of the statements when all have ended,
 * or throws the first error. After an error, PostgreSQL refuses the statements that follow and answers `commit` by a
 * rollback.
 */
export async function sendBatch(
  client: pg.Client,
  send: (query: pg.QueryConfig) => Promise<pg.QueryResult>,
  { begin, statements, commits, afterwards, onBegun }: Batch,
): Promise<pg.QueryResult[]> {
  const { stream } = client.connection;
  stream.cork();
  // pg would otherwise send each statement after the response to the previous one.
  Reflect.set(client, 'pipeline', true);
  const begun = begin === undefined ? [] : [send({ text: begin })];
  const sent = statements.map(send);
  const committed = commits ? [send({ text: 'commit' })] : [];
  const last = afterwards ? send(afterwards).catch(() => undefined) : undefined;
  stream.uncork();
  void Promise.allSettled(begun).then(onBegun);
  const outcomes = await Promise.allSettled([...begun, ...sent, ...committed]);
  await last;
  Reflect.set(client, 'pipeline', false);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    if (isOutdated(failed.reason)) prepareAgain();
    // Its connection has no transaction, so nothing else may run on it.
    if (begun.length > 0 && failed === outcomes[0]) stream.destroy();
    throw failed.reason;
  }
  const [commit] = await Promise.all(committed);
  if (commit && commit.command !== 'COMMIT') throw new Error('The transaction had failed before it was committed.');
  return Promise.all(sent);
}
