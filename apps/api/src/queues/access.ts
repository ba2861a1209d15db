import type { Access } from '@gatehouse/contract/scopes';

/** The read-only bull-board calls that its queue and job pages make. */
const READS = [
  /^\/api\/queues$/,
  /^\/api\/queues\/[^/]+\/(?!default-job-options$|job-data-schema$)[^/]+$/,
  /^\/api\/queues\/[^/]+\/[^/]+\/(?:logs|flow)$/,
];

/** The only changes on offer: retry or promote existing jobs, and clear finished ones. */
const WRITES = [
  /^\/api\/queues\/[^/]+\/retry\/[^/]+$/,
  /^\/api\/queues\/[^/]+\/promote$/,
  /^\/api\/queues\/[^/]+\/clean\/(?:completed|failed)$/,
  /^\/api\/queues\/[^/]+\/[^/]+\/(?:retry|promote)$/,
];

/** The scope that a dashboard request requires; null if the dashboard does not offer the request. */
export function accessOf(method: string, path: string): Access | null {
  if (method === 'GET' || method === 'HEAD') return isOffered(path) ? 'queues:read' : null;
  return method === 'PUT' && WRITES.some((write) => write.test(path)) ? 'queues:write' : null;
}

/** Pages and files are open to every reader. Ignores case, because Express routes do too. */
const isOffered = (path: string): boolean => !/^\/api(?:\/|$)/i.test(path) || READS.some((read) => read.test(path));
