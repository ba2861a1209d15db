import { z } from 'zod';
import { line } from './text.ts';

/** The parameters of every list. `page` and `cursor` exclude each other. An empty cursor starts a traversal. */
export const pageInput = <const Keys extends readonly [string, ...string[]]>(orderBy: Keys) => ({
  page: z.int().min(1).max(1_000_000_000).optional(),
  page_size: z
    .int()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'The maximum number of records. A page also ends when it reaches 2 MB.' }),
  order_by: z.enum(orderBy).optional(),
  direction: z.enum(['asc', 'desc']).optional(),
  cursor: z.string().max(2048).optional(),
});

export const searchInput = { search: line(100).optional() };

const NEXT_CURSOR =
  'Present in responses to a cursor (null on the last page), and in responses to a numbered page that ended early because it reached 2 MB. In that case, continue with this cursor: the next page number would skip records.';

const TOTAL_CAPPED =
  'Present if more than 10,000 records match and no counter holds their number. Then `total` is 10000.';

/** A page also ends when it reaches 2 MB. */
export const pageOf = <T extends z.ZodType>(record: T) =>
  z.object({
    list: z.array(record),
    total: z.int().min(0),
    total_capped: z.literal(true).optional().meta({ description: TOTAL_CAPPED }),
    next_cursor: z.string().nullable().optional().meta({ description: NEXT_CURSOR }),
  });

export const TOTAL_CAP = 10_000;
