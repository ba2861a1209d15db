import type { AppRouter } from '@gatehouse/api/trpc/app-router';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

export type { AppRouter };

/** The input of each call, such as `RouterInputs['developers']['list']`. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** The result of each call, such as `RouterOutputs['developers']['list']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;
