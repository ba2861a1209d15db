import { createHash } from 'node:crypto';
import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** Milliseconds after which an unused build is deleted. Its processes may still load parts of it. */
const BUILD_AGE = 24 * 60 * 60 * 1000;

const root = join(import.meta.dirname, '..');

/** A file that the build depends on, by its path below the root. */
type Input = { path: string; size: number; changed: number; hash: string };

/**
 * Bundles apps/<name> with its packages into a new directory below apps/<name>/dist. `build.json`, which names the
 * directory and the inputs, is replaced at the end. Until then the previous build stays in use.
 */
async function build(name: string): Promise<void> {
  const dist = join(root, 'apps', name, 'dist');
  mkdirSync(dist, { recursive: true });
  const dir = mkdtempSync(join(dist, 'build-'));
  // The programs may run as another user than the one who builds.
  chmodSync(dir, 0o755);
  const inputs = ['pnpm-lock.yaml', 'tools/build.ts', ...globSync('{apps,packages}/*/package.json', { cwd: root })].map(
    (path) => readInput(path).input,
  );
  await using bundle = await rolldown({
    input: { main: join(root, 'apps', name, 'src', 'main.ts') },
    platform: 'node',
    plugins: [keptApart(dir), sources(inputs, relative(dir, root))],
    onLog: (_level, { message }) => {
      throw new Error(message);
    },
  });
  // MikroORM takes the names of tables from classes.
  const { output } = await bundle.generate({ sourcemap: true, keepNames: true, comments: false });
  for (const file of output) {
    const content = file.type === 'chunk' ? file.code : file.source;
    // A power failure must not leave an empty file beside a complete build.json.
    writeFileSync(join(dir, file.fileName), content, { flush: file.type === 'chunk' });
  }
  const record = { node: process.version, main: `${relative(dist, dir)}/main.js`, inputs };
  writeFileSync(join(dir, 'build.json'), JSON.stringify(record));
  renameSync(join(dir, 'build.json'), join(dist, 'build.json'));
  deleteOldBuilds(dist, dir);
}

/** Libraries that read pages or machine code from their packages stay there. */
const keptApart = (dir: string): Plugin => ({
  name: 'kept-apart',
  async resolveId(id, importer) {
    if (!/^@(bull-board|node-rs)\//.test(id)) return null;
    const found = await this.resolve(id, importer, { skipSelf: true });
    return found && { id: relative(dir, found.id).replaceAll(sep, '/'), external: true };
  },
});

/** Records the sources of this repository as inputs, and keeps their `import.meta.url`, next to which they read files. */
const sources = (inputs: Input[], toRoot: string): Plugin => ({
  name: 'sources',
  load(id) {
    if (!id.startsWith(root + sep) || id.includes('node_modules')) return null;
    const { input, content } = readInput(relative(root, id));
    inputs.push(input);
    const url = JSON.stringify(`${toRoot}/${input.path}`.replaceAll(sep, '/'));
    return content.replaceAll('import.meta.url', `new URL(${url}, import.meta.url).href`);
  },
});

/** The state is read before the content: after a change in between, the next start compares the contents. */
function readInput(path: string): { input: Input; content: string } {
  const { size, ctimeMs: changed } = statSync(join(root, path));
  const content = readFileSync(join(root, path), 'utf8');
  return { input: { path, size, changed, hash: createHash('sha256').update(content).digest('hex') }, content };
}

function deleteOldBuilds(dist: string, current: string): void {
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    if (path === current || Date.now() - statSync(path).mtimeMs < BUILD_AGE) continue;
    rmSync(path, { recursive: true, force: true });
  }
}

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : ['api', 'worker']) await build(name);
