import { writeFileSync } from 'node:fs';
import { appRouter } from '../trpc/app-router.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

/** Run this file with node after an intended change to the API. */
writeFileSync(
  new URL('openapi.snapshot.json', import.meta.url),
  `${JSON.stringify(openApiDocument(appRouter, routes), null, 2)}\n`,
);
