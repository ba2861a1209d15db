import type { Access } from '@gatehouse/contract/scopes';

/** Of the calls of bull-board that read, those that its pages of queues and jobs make. */
const READS = [
  /^\/api\/queues$/,
  /^\/api\/queues\/[^/]+\/(?!default-job-options$|job-data-schema$)[^/]+$/,
  /^\/api\/queues\/[^/]+\/[^/]+\/(?:logs|flow)$/,
];

/** Of all that bull-board can change, only this: work that exists is tried again, hastened, or cleared away when done. */
const WRITES = [
  /^\/api\/queues\/[^/]+\/retry\/[^/]+$/,
  /^\/api\/queues\/[^/]+\/promote$/,
  /^\/api\/queues\/[^/]+\/clean\/(?:completed|failed)$/,
  /^\/api\/queues\/[^/]+\/[^/]+\/(?:retry|promote)$/,
];

/** What a request to the dashboard needs; null for what the dashboard does not offer. */
export function accessOf(method: string, path: string): Access | null {
  if (method === 'GET' || method === 'HEAD') return isOffered(path) ? 'queues:read' : null;
  return method === 'PUT' && WRITES.some((write) => write.test(path)) ? 'queues:write' : null;
}

/** Pages and files are open to every reader. Express takes paths in any case. */
const isOffered = (path: string): boolean => !/^\/api(?:\/|$)/i.test(path) || READS.some((read) => read.test(path));
