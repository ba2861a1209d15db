import { fragment, type Fragment } from '../list/fragment.ts';

/** SQL for the best status of the subscriptions `s` that meet a condition, or `unsubscribed`. */
export const bestStatus = ({ sql, params }: Fragment): Fragment =>
  fragment(
    `coalesce((select s.status from subscription s where ${sql} order by s.status = 'subscribed' desc limit 1), 'unsubscribed')`,
    ...params,
  );
