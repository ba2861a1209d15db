import { Migration } from '@mikro-orm/migrations';

/** Checks the existing events against the wider rules, while they are read and written. */
export class Migration20261128120100_validate_events extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    this.addSql('alter table event validate constraint event_actor_kind_check');
    this.addSql('alter table event validate constraint event_resource_type_check');
  }
}
