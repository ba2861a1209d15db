import { expect, test } from 'vitest';
import { accessOf } from './access.ts';

const board = '/api/queues';

test.each([
  ['GET', '/', 'queues:read'],
  ['GET', board, 'queues:read'],
  ['HEAD', `${board}/q/1/logs`, 'queues:read'],
  ['GET', `${board}/q/01a20e50-1700000000000`, 'queues:read'],
  ['GET', `${board}/q/metrics`, 'queues:read'],
  ['GET', '/queue/q/01a20e50-1700000000000', 'queues:read'],
  ['GET', '/static/js/main.js', 'queues:read'],
  ['GET', `${board}/q/default-job-options`, null],
  ['GET', `${board}/q/job-data-schema`, null],
  ['GET', '/api/redis/stats', null],
  ['GET', '/API/redis/stats', null],
  ['GET', '/api/redis/stats/', null],
  ['GET', '/api/job-schedulers', null],
  ['GET', '/api', null],
  ['PUT', `${board}/q/retry/failed`, 'queues:write'],
  ['PUT', `${board}/q/promote`, 'queues:write'],
  ['PUT', `${board}/q/clean/completed`, 'queues:write'],
  ['PUT', `${board}/q/1/retry`, 'queues:write'],
  ['PUT', `${board}/q/1/promote`, 'queues:write'],
  ['PUT', `${board}/q/clean/failed`, 'queues:write'],
  ['PUT', `${board}/q/clean/waiting`, null],
  ['PUT', `${board}/q/clean/active`, null],
  ['PUT', `${board}/q/1/clean`, null],
  ['PUT', `${board}/pause`, null],
  ['PUT', `${board}/q/pause`, null],
  ['PUT', `${board}/q/empty`, null],
  ['PUT', `${board}/q/obliterate`, null],
  ['PUT', `${board}/q/rate-limit`, null],
  ['PUT', `${board}/q/rate-limit/release`, null],
  ['PUT', `${board}/q/concurrency`, null],
  ['POST', `${board}/q/add`, null],
  ['PATCH', `${board}/q/1/update-data`, null],
  ['PATCH', `${board}/q/1/delay`, null],
  ['PATCH', `${board}/q/job-schedulers/1`, null],
  ['PUT', `${board}/q/job-schedulers/1/run`, null],
  ['PUT', `${board}/q/retry/failed/`, null],
  ['DELETE', `${board}/q`, null],
])('%s %s requires %s', (method, path, access) => {
  expect(accessOf(method, path)).toBe(access);
});
