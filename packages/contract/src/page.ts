import { z } from 'zod';
import { line } from './text.ts';

/** How every list is asked for. `page` and `cursor` exclude each other; an empty cursor begins a walk. */
export const pageInput = <const Keys extends readonly [string, ...string[]]>(orderBy: Keys) => ({
  page: z.int().min(1).max(1_000_000_000).optional(),
  page_size: z
    .int()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'The maximum number of records; a page also ends at 2 MB.' }),
  order_by: z.enum(orderBy).optional(),
  direction: z.enum(['asc', 'desc']).optional(),
  cursor: z.string().max(2048).optional(),
});

export const searchInput = { search: line(100).optional() };

const NEXT_CURSOR =
  'Present in an answer to a cursor (null: this was the last page), and in an answer to a numbered page that ended early, at 2 MB of records. Continue with this cursor: the next page number would skip what did not fit.';

/**
 * `total` is exact without `search`, and with it up to 10,000; beyond that `total_capped` is present. A page also ends at
 * 2 MB of records.
 */
export const pageOf = <T extends z.ZodType>(record: T) =>
  z.object({
    list: z.array(record),
    total: z.int().min(0),
    total_capped: z.literal(true).optional(),
    next_cursor: z.string().nullable().optional().meta({ description: NEXT_CURSOR }),
  });

export const SEARCH_TOTAL_CAP = 10_000;
