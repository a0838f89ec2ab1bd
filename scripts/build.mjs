// Bundles src/ into dist/: one small entry, a chunk for each command that is loaded when it is used, and the compiled code of
// what checks and downloads need.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const shared = {
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Node 20 has them; written as texts they would be compiled at every start.
  supported: { 'regexp-set-notation': true, 'dynamic-import': true },
};

const { outputFiles } = await build({
  ...shared,
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  write: false,
  logLevel: 'warning',
  // Native modules, whose binaries lie in node_modules. ELK stays there as it came, under its own licence.
  external: [
    'libsql',
    '@resvg/resvg-js',
    'elkjs',
    'jq-web',
    'quickjs-emscripten-core',
    '@jitl/quickjs-wasmfile-release-sync',
  ],
  // Its build for Node is CommonJS, whose names are lost when a bundle loads it on demand.
  // Node's own checksums are ten times as fast as those that zips are written with.
  alias: { yaml: './node_modules/yaml/browser/index.js', 'buffer-crc32': './scripts/crc32.cjs' },
  define: { PCHAIN_VERSION: JSON.stringify(version) },
  plugins: [loadedWhenCalled('string-width'), withoutChildren('commander')],
});

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
for (const { path, text } of outputFiles) writeFileSync(path, await asCommonJs(text));
copyFileSync(join(root, 'scripts/start.cjs'), join(dist, 'start.cjs'));
// A program of its own, found beside the chunk that starts it.
copyFileSync(join(root, 'src/secrets/keychain-child.cjs'), join(dist, 'keychain-child.cjs'));
await compileAhead();
writeFileSync(join(dist, 'built'), '');

/** A chunk as CommonJS: esbuild splits nothing but modules, and only CommonJS can come out of a code cache. */
async function asCommonJs(text) {
  const { code } = await transform(text, {
    ...shared,
    format: 'cjs',
    supported: { ...shared.supported, 'dynamic-import': false },
    // What `scripts/start.cjs` calls it.
    define: { 'import.meta.url': 'moduleUrl' },
  });
  return code;
}

/** A library with one function that takes long to start and is seldom needed. */
function loadedWhenCalled(name) {
  return {
    name: 'loaded-when-called',
    setup(bundle) {
      bundle.onResolve({ filter: new RegExp(`^${name}$`) }, ({ path, namespace, resolveDir }) =>
        namespace === 'late' ? undefined : { path, namespace: 'late', pluginData: resolveDir },
      );
      bundle.onLoad({ filter: /.*/, namespace: 'late' }, ({ path, pluginData }) => ({
        contents: `let late; export default (...given) => (late ??= require('${path}').default)(...given);`,
        resolveDir: pluginData,
      }));
    },
  };
}

/** A library that would start programs, which it is never asked to do here: what Node loads for that takes it longer than
 *  all of a small check. */
function withoutChildren(name) {
  return {
    name: 'without-children',
    setup(bundle) {
      bundle.onResolve({ filter: /^node:child_process$/ }, ({ path, importer, namespace }) =>
        namespace !== 'children' && importer.includes(`/node_modules/${name}/`)
          ? { path, namespace: 'children' }
          : undefined,
      );
      bundle.onLoad({ filter: /.*/, namespace: 'children' }, ({ path }) => ({
        contents: `exports.spawn = (...given) => require('${path}').spawn(...given);`,
      }));
    },
  };
}

/** Runs the commands that must be quick, each adding to the code cache what it made Node compile. Without one everything
 *  works just as well, so a failure here is no reason to stop. */
async function compileAhead() {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-build-'));
  const example = join(root, 'examples/limit-scan');
  for (const name of ['limit-scan.cwl', 'inputs.yaml'])
    copyFileSync(join(example, name), join(directory, name));
  const run = `const { main, writeCache } = require(${JSON.stringify(join(dist, 'start.cjs'))});
    process.argv.splice(1, 0, ${JSON.stringify(join(root, 'bin/pchain.js'))});
    process.on('exit', writeCache);
    main();`;
  const commands = [
    ['--version'],
    ['check', 'limit-scan.cwl'],
    ['--cwl', 'limit-scan.cwl', '--yaml', 'inputs.yaml', '--outDS', 'user.name.sample', '--check'],
    ['reana', 'download', 'sample', '-w', 'sample', '-o', directory],
  ];
  const server = createServer(answerAsReana).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reana = {
    REANA_SERVER_URL: `http://127.0.0.1:${server.address().port}`,
    REANA_ACCESS_TOKEN: 'token-of-nobody',
  };
  for (const words of commands) {
    const child = spawn(process.execPath, ['-e', run, '--', ...words], {
      cwd: join(root, 'examples/limit-scan'),
      stdio: 'ignore',
      env: { ...process.env, ...reana, PCHAIN_HOME: directory, NODE_OPTIONS: '' },
    });
    const [status] = await once(child, 'close');
    if (status !== 0)
      console.warn(`no compiled code for \`pchain ${words.join(' ')}\`: it ended with ${status}`);
  }
  server.close();
  rmSync(directory, { recursive: true, force: true });
}

/** One run with one file. */
function answerAsReana({ url }, response) {
  const path = new URL(url, 'http://sample').pathname;
  const file = { name: 'sample', size: { raw: 6 }, 'last-modified': '' };
  if (path.endsWith('/workspace/sample')) response.end('sample');
  else if (path.endsWith('/workspace')) response.end(JSON.stringify({ items: [file], has_next: false }));
  else response.end(JSON.stringify({ id: 'sample', name: 'sample.1', status: 'finished', email: '' }));
}
