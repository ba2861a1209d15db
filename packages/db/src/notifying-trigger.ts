/** A setting of transactions that notify after their commit, see `notifyAfterCommit`. */
export const NOTIFIES_AFTER_COMMIT = 'gatehouse.notifies_after_commit';

/** The body of a trigger that notifies at the commit, also of transactions of the previous release. */
export const notifyAtCommit = (channel: string, payload: string): string =>
  `if coalesce(current_setting('${NOTIFIES_AFTER_COMMIT}', true), '') <> 'on' then
    perform pg_notify('${channel}', ${payload});
  end if; return null`;
