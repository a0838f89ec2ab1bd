// Benchmarks: `npm run bench -- startup`. Commands are run in turn, many times, and compared pair by pair: machines are
// noisy, ratios of one run are not. A ratio over its limit ends with exit 1.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const twoSteps = `cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS:
    type: string
    outputSource: bottom/outDS
steps:
  top:
    run: prun
    in:
      opt_exec:
        default: "echo %RNDM:10 > seed.txt"
      opt_args:
        default: "--outputs seed.txt --nJobs 3"
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: top/outDS
      opt_exec:
        default: "echo %IN > results.root"
      opt_args:
        default: "--outputs results.root"
    out: [outDS]
`;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const benches = { startup };
const [name = 'startup', rounds = '21'] = process.argv.slice(2);
if (benches[name] === undefined) {
  console.error(`no benchmark \`${name}\`; there are: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const directory = mkdtempSync(join(tmpdir(), 'pchain-bench-'));
try {
  process.exitCode = benches[name](Number(rounds)) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** CPU time of starting, against a node that does nothing. */
function startup(count) {
  const workflow = join(directory, 'two-steps.cwl');
  writeFileSync(workflow, twoSteps);
  const pchain = join(root, 'bin/pchain.js');
  const check = [pchain, '--cwl', workflow, '--outDS', 'user.alice.bench', '--check'];
  return compare(
    ['node -e 0', ['-e', '0']],
    [
      ['pchain --version', [pchain, '--version'], 1.3],
      ['pchain --check, two steps', check, 2.5],
    ],
    count,
  );
}

function compare([baseName, baseArgs], commands, count) {
  const ratios = commands.map(() => []);
  const cpu = commands.map(() => []);
  const base = [];
  for (let round = 0; round < count; round++) {
    const reference = cpuMs(baseArgs);
    base.push(reference);
    commands.forEach(([, args], index) => {
      const used = cpuMs(args);
      cpu[index].push(used);
      ratios[index].push(used / reference);
    });
  }
  console.log(
    `${'command'.padEnd(30)} ${'CPU, ms'.padStart(8)} ${'x base'.padStart(8)} ${'limit'.padStart(6)}   (medians of ${count} rounds)`,
  );
  console.log(`${baseName.padEnd(30)} ${median(base).toFixed(0).padStart(8)}`);
  let good = true;
  commands.forEach(([title, , limit], index) => {
    const ratio = median(ratios[index]);
    good &&= ratio <= limit;
    console.log(
      `${title.padEnd(30)} ${median(cpu[index]).toFixed(0).padStart(8)} ${ratio.toFixed(2).padStart(8)} ${String(limit).padStart(6)}${ratio <= limit ? '' : '   over'}`,
    );
  });
  return good;
}

/** User and system time of one run, in milliseconds: what bash says of it, a thousandth of a second fine. */
function cpuMs(args) {
  const script = 'TIMEFORMAT="%U %S"; { time "$@" > /dev/null 2>&1; } 2>&1; exit';
  const { status, stdout } = spawnSync('bash', ['-c', script, 'bench', process.execPath, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  const [user, system] = stdout.trim().split(' ').map(Number);
  return (user + system) * 1000;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
