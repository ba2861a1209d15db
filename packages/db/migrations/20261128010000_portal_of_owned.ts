import { Migration } from '@mikro-orm/migrations';
import { fillInBatches, requireColumn, withBriefLock } from './online-change.ts';

type Owned = { columns: string[]; set: string; owner: string; of: string };

/** In an order in which each owner is filled before what it owns. */
const OWNED: Record<string, Owned> = {
  application: {
    columns: ['portal_id'],
    set: 'portal_id = o.portal_id',
    owner: 'developer o where o.id = t.developer_uid',
    of: 'select portal_id from developer where id = new.developer_uid into new.portal_id',
  },
  credential: {
    columns: ['portal_id', 'developer_uid'],
    set: 'portal_id = o.portal_id, developer_uid = o.developer_uid',
    owner: 'application o where o.id = t.application_id',
    of: 'select portal_id, developer_uid from application where id = new.application_id into new.portal_id, new.developer_uid',
  },
  subscription: {
    columns: ['portal_id'],
    set: 'portal_id = o.portal_id',
    owner: 'developer o where o.id = t.developer_uid',
    of: 'select portal_id from developer where id = new.developer_uid into new.portal_id',
  },
  identity: {
    columns: ['portal_id'],
    set: 'portal_id = o.portal_id',
    owner: 'developer o where o.id = t.developer_uid',
    of: 'select portal_id from developer where id = new.developer_uid into new.portal_id',
  },
};

/** Records name the portal of their owner. The trigger fills it for the previous release, which does not. */
export class Migration20261128010000_portal_of_owned extends Migration {
  override isTransactional(): boolean {
    return false;
  }

  override up(): void {
    for (const [table, { columns, set, owner, of }] of Object.entries(OWNED)) {
      this.addSql(
        withBriefLock(`
          ${columns.map((column) => `alter table ${table} add column if not exists ${column} uuid`).join(';\n')};
          create or replace function "${table}_${table}_portal_fn"() returns trigger as $$ begin ${of}; return new; end; $$ language plpgsql;
          create or replace trigger "${table}_portal" before insert on ${table} for each row when (new.portal_id is null)
            execute function "${table}_${table}_portal_fn"()`),
      );
      this.addSql(fillInBatches({ table, column: 'portal_id', set, owner }));
      for (const column of columns) for (const sql of requireColumn(table, column)) this.addSql(sql);
    }
  }
}
