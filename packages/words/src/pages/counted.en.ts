import { formatNumber } from '../format.ts';

export const counted = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${formatNumber('en', count)} ${many}`;
