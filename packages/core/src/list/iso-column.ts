import { sure } from '@gatehouse/db/statement';
import { z } from 'zod';

export const isoText = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Columns that `isoColumn` makes. */
export const isoTime = sure(z.string(), 'the text of a time that is never null');
export const isoTimeOrNull = z.string().nullable();

/** Selects a time in the format of the API. */
export const isoColumn = (column: string, name: string): string => `${isoText(column)} as ${name}`;
