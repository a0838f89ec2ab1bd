// Installs and builds what is missing or out of date, so that the other scripts work from a bare clone. Says nothing
// when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`pchain needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(2);
}
if (age(join(root, 'node_modules/.package-lock.json')) < age(join(root, 'package-lock.json'))) {
  run('installing', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
if (
  age(join(root, 'dist/built')) <
  newest(['src', 'scripts/build.mjs', 'scripts/start.cjs', 'package.json', 'package-lock.json'])
) {
  run('building', process.execPath, [join(root, 'scripts/build.mjs')]);
}

/** Time of the last change, 0 when it does not exist. */
function age(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function newest(names) {
  return Math.max(
    ...names.map((name) => {
      const path = join(root, name);
      if (!statSync(path).isDirectory()) return age(path);
      return newest(
        readdirSync(path)
          .map((entry) => join(name, entry))
          .concat('package.json'),
      );
    }),
  );
}

function run(what, command, args) {
  console.error(`${what} …`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) console.error(`cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 3);
}
