import { statement, sure } from '@gatehouse/db/statement';
import { z } from 'zod';
import type { Scope } from '../kernel/command.ts';

export const HOUR = 3_600_000;

/** The most single mails to approvers in an hour about requests of one developer. */
const MOST = 20;

const named = sure(z.string(), 'every mail of this kind names it');

const askedBefore = statement({
  name: 'email.asked_before',
  text: `select developer_uid as owner, data->>'application_id' as application, data->>'api_product_id' as product,
      min(created_at) as at
    from email where developer_uid = any(?) and kind = 'subscription_pending' and created_at > ? group by event_id, 1, 2, 3`,
  params: ['uuid[]', 'timestamp with time zone'],
  row: z.object({
    owner: sure(z.uuid(), 'is one of those that were asked for'),
    application: named,
    product: named,
    at: sure(z.string(), 'the least of at least one time'),
  }),
});

type RequestMail = { owner: string; application: string; product: string };
type SentRequestMail = RequestMail & { at: Date };

const pairOf = ({ application, product }: RequestMail): string => `${application} ${product}`;

/**
 * Decides when approvers get a mail about a request: immediately, but only once an hour for the same application and API
 * product, and for at most `MOST` requests of a developer in an hour. A digest after the hour lists the others.
 */
export class ApproverMails {
  readonly #mailed: SentRequestMail[];
  readonly #now: Date;
  #hasDigest = false;

  private constructor(mailed: SentRequestMail[], now: Date) {
    this.#mailed = mailed;
    this.#now = now;
  }

  /** Starts from the requests of these developers in the last hour. */
  static async read({ em, now }: Pick<Scope, 'em' | 'now'>, owners: string[]): Promise<ApproverMails> {
    const mailed = await askedBefore.all(em, [owners, new Date(now.getTime() - HOUR)]);
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

  /** Null to mail immediately, else the time of the digest. */
  digestFor(asked: RequestMail): Date | null {
    const own = this.#mailed.filter(({ owner }) => owner === asked.owner);
    const same = own.filter((mailed) => pairOf(mailed) === pairOf(asked));
    const [begin] = (same.length > 0 || own.length < MOST ? same : own).toSorted((a, b) => Number(a.at) - Number(b.at));
    if (begin) return new Date(begin.at.getTime() + HOUR);
    this.#mailed.push({ ...asked, at: this.#now });
    return null;
  }
}
