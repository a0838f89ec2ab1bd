// Runs examples/limit-scan as a physicist would, on this machine, with no PanDA or REANA configured.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { userInfo } from 'node:os';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await import('./setup.mjs');

const name = userInfo().username.replace(/[^A-Za-z0-9]/g, '') || 'me';
const args = [
  '--cwl',
  'limit-scan.cwl',
  '--yaml',
  'inputs.yaml',
  '--outDS',
  `user.${name}.limit-scan`,
  '--wait',
  '--output',
  'limit-scan.tar.gz',
];
// A demo that was carried through begins anew; one that was interrupted goes on.
const archive = join(root, 'examples/limit-scan/limit-scan.tar.gz');
if (existsSync(archive)) {
  rmSync(archive);
  args.push('--fresh');
}
console.error(`$ cd examples/limit-scan\n$ pchain ${args.join(' ')}\n`);

// The demo is the same everywhere, so it leaves aside any PanDA, REANA or profile of its user.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([key]) => !/^(PANDA|OIDC_|REANA_|X509_|PCHAIN_(SERVER|SECRET))/.test(key),
  ),
);
const { status, signal } = spawnSync(process.execPath, [join(root, 'bin/pchain.js'), ...args], {
  cwd: join(root, 'examples/limit-scan'),
  stdio: 'inherit',
  env: { ...environment, PCHAIN_SERVER: 'local', PCHAIN_CONTAINERS: 'none' },
});
process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
