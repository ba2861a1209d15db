import { Migration20261124000000_initial } from './20261124000000_initial.ts';

/** In order; a landed one is never edited. */
export const migrations = [{ name: '20261124000000_initial', class: Migration20261124000000_initial }];
