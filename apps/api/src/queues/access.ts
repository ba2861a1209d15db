import type { Access } from '@gatehouse/contract/scopes';

/** Of all that bull-board can change, only this: work that exists is tried again, hastened, or cleared away when done. */
const WRITES = [
  /^\/api\/queues\/[^/]+\/retry\/[^/]+$/,
  /^\/api\/queues\/[^/]+\/promote$/,
  /^\/api\/queues\/[^/]+\/clean\/(?:completed|failed)$/,
  /^\/api\/queues\/[^/]+\/[^/]+\/(?:retry|promote)$/,
];

/** What a request to the dashboard needs; null for what nobody may do there. */
export function accessOf(method: string, path: string): Access | null {
  if (method === 'GET' || method === 'HEAD') return 'queues:read';
  return method === 'PUT' && WRITES.some((write) => write.test(path)) ? 'queues:write' : null;
}
