import type { AppRouter } from '@gatehouse/api/trpc/app-router';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

export type { AppRouter };

/** What each call takes: `RouterInputs['developers']['list']`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** What each call answers: `RouterOutputs['developers']['list']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;
