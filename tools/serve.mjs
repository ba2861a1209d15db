// Runs the api or the worker as in production: node tools/serve.mjs api. It runs a bundle, which starts in a third of the
// CPU time and takes two thirds of the memory, and builds it first unless it matches the sources. It is not TypeScript,
// because Node's compiler for it takes 17 MB.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');

/** The main file of the build of apps/<name>; undefined unless it was made by this Node from the sources as they are. */
function currentBuild(name) {
  const dist = join(root, 'apps', name, 'dist');
  try {
    const { node, main, inputs } = JSON.parse(readFileSync(join(dist, 'build.json'), 'utf8'));
    return node === process.version && inputs.every(isUnchanged) ? join(dist, main) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the content only of files that were touched, or copied with the build. */
function isUnchanged({ path, size, changed, hash }) {
  const file = join(root, path);
  const now = statSync(file);
  if (now.size === size && now.ctimeMs === changed) return true;
  return createHash('sha256').update(readFileSync(file)).digest('hex') === hash;
}

function builtProgram(name) {
  const current = currentBuild(name);
  if (current) return current;
  spawnSync(process.execPath, [join(root, 'tools', 'build.ts'), name], { stdio: ['ignore', 'inherit', 'inherit'] });
  const built = currentBuild(name);
  if (!built) console.error(`apps/${name} could not be built. Running the sources instead.`);
  return built;
}

const [name] = process.argv.slice(2);
if (name !== 'api' && name !== 'worker') {
  console.error('Usage: node tools/serve.mjs api|worker');
  process.exit(1);
}
process.setSourceMapsEnabled(true);
enableCompileCache(join(root, 'node_modules', '.cache', 'node'));
await import(pathToFileURL(builtProgram(name) ?? join(root, 'apps', name, 'src', 'main.ts')).href);
