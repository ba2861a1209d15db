import { readdirSync } from 'node:fs';

const MIGRATION = /^(\d{14}_\w+)\.ts$/;

/** The names of all migrations. Read from the directory, because the modules load MikroORM's migrator. */
export const migrationNames = (): string[] =>
  readdirSync(new URL('../migrations/', import.meta.url))
    .toSorted()
    .flatMap((file) => MIGRATION.exec(file)?.[1] ?? []);
