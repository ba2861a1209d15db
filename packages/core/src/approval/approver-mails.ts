import type { Scope } from '../kernel/command.ts';
import { isOneOf } from '../list/list.ts';

export const HOUR = 3_600_000;

/** Requests of one developer that approvers are mailed about one by one in an hour. */
const MOST = 20;

type Asked = { owner: string; application: string; product: string };
type Mailed = Asked & { at: Date };

const pairOf = ({ application, product }: Asked): string => `${application} ${product}`;

/**
 * When approvers are mailed about a request: at once, but once an hour for an application and an API product, and for at
 * most `MOST` requests of a developer in an hour. They learn of the others by one digest, when the hour is over.
 */
export class ApproverMails {
  readonly #mailed: Mailed[];
  readonly #now: Date;
  #hasDigest = false;

  private constructor(mailed: Mailed[], now: Date) {
    this.#mailed = mailed;
    this.#now = now;
  }

  /** As the last hour was for these developers, by their internal ids. */
  static async read({ em, now }: Pick<Scope, 'em' | 'now'>, owners: string[]): Promise<ApproverMails> {
    const whose = isOneOf('developer_uid', owners);
    const mailed = await em.execute<(Asked & { at: string })[]>(
      `select developer_uid as owner, data->>'application_id' as application, data->>'api_product_id' as product,
         min(created_at) as at
       from email where ${whose.sql} and kind = 'subscription_pending' and created_at > ? group by event_id, 1, 2, 3`,
      [...whose.params, new Date(now.getTime() - HOUR)],
    );
    return new ApproverMails(
      mailed.map(({ at, ...asked }) => ({ ...asked, at: new Date(at) })),
      now,
    );
  }

  /** One digest is enough for all requests of a transaction. */
  takeDigest(): boolean {
    const isFirst = !this.#hasDigest;
    this.#hasDigest = true;
    return isFirst;
  }

  /** Null: at once. Else the time of the digest. */
  digestFor(asked: Asked): Date | null {
    const own = this.#mailed.filter(({ owner }) => owner === asked.owner);
    const same = own.filter((mailed) => pairOf(mailed) === pairOf(asked));
    const [begin] = (same.length > 0 || own.length < MOST ? same : own).toSorted((a, b) => Number(a.at) - Number(b.at));
    if (begin) return new Date(begin.at.getTime() + HOUR);
    this.#mailed.push({ ...asked, at: this.#now });
    return null;
  }
}
