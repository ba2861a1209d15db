import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SETTINGS } from '@gatehouse/process/environment';

export interface Document {
  /** Relative to the root, such as `docs/deletion.md`. */
  path: string;
  text: string;
}

/** The parts of the repository that documents refer to. */
export interface Repository {
  /** Whether the path below the root exists; `*` and `{a,b}` work as in a shell. */
  exists: (path: string) => boolean;
  /** The text of a document; undefined if it does not exist. */
  read: (path: string) => string | undefined;
  scripts: ReadonlySet<string>;
}

/** Paths below the top-level directories, in prose, code and links. */
const PATH = /(?<![\w./@$-])(?:apps|packages|tools|bench|e2e|docs|gateways|\.ci)\/[\w.@*{},/-]*/g;
const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
const SCRIPT = /\bnpm run ([\w:-]+)/g;
const FENCES = /^```[^]*?^```$/gm;

/** The paths, links and scripts that a document names but the repository does not have. */
export function findDead(document: Document, repository: Repository): string[] {
  const { path, text } = document;
  const prose = text.replaceAll(FENCES, '');
  const paths = all(PATH, text).map((name) => name.replace(/[.,/]+$/, ''));
  return [
    ...paths.filter((name) => !repository.exists(name)).map((name) => `no such path: ${name}`),
    ...all(LINK, prose).flatMap((link) => findDeadLink(link, document, repository)),
    ...all(SCRIPT, text)
      .filter((name) => !repository.scripts.has(name))
      .map((name) => `no such script: npm run ${name}`),
  ].map((finding) => `${path}: ${finding}`);
}

function findDeadLink(link: string, { path, text }: Document, { exists, read }: Repository): string[] {
  if (/^[a-z]+:/.test(link)) return [];
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : join(dirname(path), file);
  if (!exists(target)) return [`no such file: ${link}`];
  const linked = file === '' ? text : read(target);
  if (anchor === undefined || (linked !== undefined && anchorsOf(linked).has(anchor))) return [];
  return [`no such heading: ${link}`];
}

/** The anchors that a renderer derives from the headings of a document. */
function anchorsOf(text: string): Set<string> {
  const headings = all(/^#+ (.*)$/gm, text.replaceAll(FENCES, ''));
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Differences between the settings of the programs and the table of the document, including defaults. */
export function compareSettings(document: Document, settings: readonly Setting[]): string[] {
  const rows = new Map(
    [...document.text.matchAll(/^\| `([A-Z_]+)` +\| *(.*?) *\|/gm)].map(([, name, cell]) => [name, cell]),
  );
  const known = new Set(settings.map(({ name }) => name));
  return [
    ...settings.flatMap(({ name, default: value }) => {
      const cell = rows.get(name);
      if (cell === undefined) return [`the table of settings does not list ${name}`];
      const wrong = value !== null && !cell.includes(`\`${value}\``);
      return wrong ? [`the default of ${name} is \`${value}\``] : [];
    }),
    ...[...rows.keys()].filter((name) => !known.has(name ?? '')).map((name) => `no program reads ${name}`),
  ].map((finding) => `${document.path}: ${finding}`);
}

type Setting = Pick<(typeof SETTINGS)[number], 'name' | 'default'>;

/** The first matched group of each match, or the whole match. */
function all(pattern: RegExp, text: string): string[] {
  return [...text.matchAll(pattern)].map(([match, ...groups]) => groups.find((group) => group !== undefined) ?? match);
}

const root = join(import.meta.dirname, '..');

function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function scriptsIn(manifest: unknown): Set<string> {
  const scripts: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'scripts') : null;
  return new Set(typeof scripts === 'object' && scripts !== null ? Object.keys(scripts) : []);
}

function check(): string[] {
  const names = globSync('**/*.md', { cwd: root, exclude: ['**/{node_modules,dist,.gatehouse,reports}'] });
  const documents = new Map(names.map((path) => [path, { path, text: readText(path) }]));
  const repository = {
    exists: (path: string) => globSync(path, { cwd: root }).length > 0,
    read: (path: string) => documents.get(path)?.text,
    scripts: scriptsIn(JSON.parse(readText('package.json'))),
  };
  return [
    ...[...documents.values()].flatMap((document) => findDead(document, repository)),
    ...compareSettings({ path: 'README.md', text: readText('README.md') }, SETTINGS),
  ];
}

if (import.meta.main) {
  const findings = check();
  for (const finding of findings) process.stderr.write(`${finding}\n`);
  process.exit(findings.length > 0 ? 1 : 0);
}
