import { Migration } from '@mikro-orm/migrations';

/** Transactions that notify after their commit need no notification by the triggers. */
export class Migration20261128110000_notify_after_commit extends Migration {
  override up(): void {
    const body = (notify: string): string =>
      `begin if coalesce(current_setting('gatehouse.notifies_after_commit', true), '') <> 'on' then
    perform pg_notify(${notify});
  end if; return null; end;`;
    const replace = (name: string, notify: string): void =>
      this.addSql(`create or replace function "${name}"() returns trigger as $$ ${body(notify)} $$ language plpgsql;`);
    replace('outbox_outbox_wakes_relay_fn', `'gatehouse_outbox', ''`);
    replace('revocation_revocation_is_pushed_fn', `'gatehouse_revocation', new.id || ' ' || new.target`);
  }
}
