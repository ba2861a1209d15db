import { COUNTED_TABLES, findDifferences, repairCounters } from '@gatehouse/db/counters';
import { takeMaintenanceLock } from '@gatehouse/db/maintenance-lock';
import { Connection } from '@gatehouse/postgres/connection';
import { runDatabaseTool, say } from './database-tool.ts';

const NAME = 'gatehouse-counters';

const usage = `Usage: npm run counters:check [-- --repair]

Compares the counters, which hold the totals of lists, with the rows of the database of DATABASE_URL. Prints the counters
that differ, and then exits with 1. Blocks no other program.

  --repair  also correct the counters that differ, and exit with 0`;

await runDatabaseTool({
  name: 'counters:check',
  usage,
  options: ['--repair'],
  async run(databaseUrl, given) {
    await using _lock = await takeMaintenanceLock({ databaseUrl, name: NAME });
    const database = new Connection({ databaseUrl, name: NAME, limits: null });
    await database.connect();
    try {
      return await check(database, given.has('--repair'));
    } finally {
      await database.end();
    }
  },
});

async function check(database: Connection, repairs: boolean): Promise<number> {
  let wrong = 0;
  for (const table of COUNTED_TABLES) {
    const differences = await findDifferences(database, table);
    wrong += differences.length;
    say(differences.length === 0 ? `${table}: correct` : `${table}: ${differences.length} counters differ`);
    if (differences.length === 0) continue;
    console.table(differences);
    if (repairs) say(`${table}: corrected ${await repairCounters(database, table)} counters`);
  }
  if (wrong > 0 && !repairs) say('Run npm run counters:check -- --repair to correct them.');
  return wrong > 0 && !repairs ? 1 : 0;
}
