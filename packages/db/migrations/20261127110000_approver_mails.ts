import { Migration } from '@mikro-orm/migrations';

/** For the mails that one developer's requests have sent to approvers in the last hour. */
export class Migration20261127110000_approver_mails extends Migration {
  override up(): void {
    this.addSql(`set local lock_timeout = '5s'`);
    this.addSql(
      `create index email_subscription_pending on email (developer_uid, created_at) where kind = 'subscription_pending'`,
    );
  }
}
