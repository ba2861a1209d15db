/** The rooms of core, from the bottom to the top. A file imports from its own room and from rooms before it. */
const ROOMS = [
  'event',
  'kernel',
  'crypto',
  'list',
  'delivery',
  'portal',
  'token',
  'email',
  'deletion',
  'session',
  'approval',
  'developer',
  'operator',
  'login-option',
  'application',
  'api-product',
  'subscription',
  'credential',
  'portal-developer',
  'auth',
  'me',
  'console',
  'gateway',
  'label',
  'audit',
  'dcr-provider',
  'system-settings',
];

const IMPORT = /\bfrom '\.\.\/([\w-]+)\//g;

/** Reports the imports in a file of core that do not lead to a lower room, and files in rooms that are not listed. */
export function upwardImports(file: string, source: string): string[] {
  const [room = ''] = file.replace('packages/core/src/', '').split('/');
  const height = ROOMS.indexOf(room);
  if (height === -1) return [`${file}: Add the room ${room} to tools/room-order.ts, above all rooms it imports.`];
  return [...source.matchAll(IMPORT)].flatMap(([, from = '']) => {
    const isBelow = ROOMS.slice(0, height).includes(from);
    return isBelow ? [] : [`${file}: ${room} may not import ${from}, which is not below it in tools/room-order.ts.`];
  });
}
