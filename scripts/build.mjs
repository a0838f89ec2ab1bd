// Bundles src/ into dist/: one small entry, and a chunk for each command that is loaded when it is used.
import { rmSync, writeFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(join(root, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  // A native module: its binary lies in node_modules.
  external: ['libsql'],
  // Its build for Node is CommonJS, whose names are lost when a bundle loads it on demand.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  define: { PCHAIN_VERSION: JSON.stringify(version) },
  // Bundled CommonJS libraries still call require for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
writeFileSync(join(root, 'dist/built'), '');
