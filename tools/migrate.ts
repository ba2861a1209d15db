import { runDatabaseTool, say } from './database-tool.ts';
import { prepareDatabase } from './prepare-database.ts';

const usage = `Usage: npm run migrate

Applies the migrations to the database of DATABASE_URL. You can run it repeatedly, and on several machines at once.`;

await runDatabaseTool({
  name: 'migrate',
  usage,
  async run(databaseUrl) {
    await prepareDatabase({ databaseUrl, log: say });
    say('The database is up to date.');
    return 0;
  },
});
