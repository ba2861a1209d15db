import { createHash } from 'node:crypto';
import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** Milliseconds after its replacement until a build is deleted. Running programs may still load parts of it. */
const KEPT = 7 * 24 * 60 * 60 * 1000;

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
  touchBuilds(dist);
  renameSync(join(dir, 'build.json'), join(dist, 'build.json'));
  deleteOldBuilds(dist);
}

/** The time of the current build's directory becomes that of its replacement. */
function touchBuilds(dist: string): void {
  try {
    const record: unknown = JSON.parse(readFileSync(join(dist, 'build.json'), 'utf8'));
    const main: unknown = Reflect.get(Object(record), 'main');
    const now = new Date();
    utimesSync(join(dist, dirname(String(main))), now, now);
  } catch {
    // Nothing has been built yet.
  }
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

function deleteOldBuilds(dist: string): void {
  for (const path of globSync('build-*', { cwd: dist }).map((name) => join(dist, name)))
    if (Date.now() - statSync(path).mtimeMs > KEPT) rmSync(path, { recursive: true, force: true });
}

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : ['api', 'worker']) await build(name);
