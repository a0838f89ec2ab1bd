// Benchmarks: `npm run bench -- check`, with a number of rounds behind it if one likes. Commands are run in turn, many times,
// and compared pair by pair: machines are noisy, ratios of one run are not. A value over its limit ends with exit 1.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engine } from './engine.mjs';
import { transfer } from './transfer.mjs';
import { pandaWorkflow, tool, toolWorkflow } from './workflows.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const pchain = [process.execPath, join(root, 'bin/pchain.js')];
const benches = { check, engine: engines, startup, transfer: transfers };
const [name = 'check', rounds = '11'] = process.argv.slice(2);
if (benches[name] === undefined) {
  console.error(`no benchmark \`${name}\`; there are: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const directory = mkdtempSync(join(tmpdir(), 'pchain-bench-'));
try {
  process.exitCode = (await benches[name](Number(rounds))) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** CPU time of the shortest commands, against a Node that does nothing. */
function startup(count) {
  const workflow = writtenTo('steps-2.cwl', pandaWorkflow(2));
  const commands = [
    { title: 'pchain --version', argv: [...pchain, '--version'], limit: 1.3 },
    { title: 'pchain check, 2 steps', argv: [...pchain, 'check', workflow], limit: 2 },
  ];
  return compare(commands, count).good;
}

/** CPU time and memory of checks, against a Node that does nothing, and against cwltool where it is installed. */
function check(count) {
  const { good, cpuMs } = compare(
    [
      { title: 'pchain --version', argv: [...pchain, '--version'], limit: 1.3 },
      { title: 'pchain --check, 2 steps', argv: checkOf(2), limit: 2 },
      { title: 'pchain --check, 1000 steps', argv: checkOf(1000), limit: 4 },
      { title: 'pchain --check, 5000 steps', argv: checkOf(5000), limit: Infinity },
      { title: 'pchain --check, 10000 steps', argv: checkOf(10_000), limit: 15 },
      { title: '1000 steps, no text twice', argv: checkOf(1000, true), limit: 4 },
      { title: '10000 steps, no text twice', argv: checkOf(10_000, true), limit: 18 },
      ...cwltoolPairs(),
    ],
    count,
  );
  // Twice the steps may take twice the time, and a little more for noise and the collection of garbage.
  const growth = cpuMs('pchain --check, 10000 steps') / cpuMs('pchain --check, 5000 steps');
  const verdicts = [
    told('CPU time, 10000 to 5000 steps', growth, 2.3),
    told('peak memory, 10000 steps, MB', peakMegabytes(checkOf(10_000)), 300),
  ];
  return good && verdicts.every(Boolean);
}

function checkOf(steps, isVaried = false) {
  const file = `steps-${steps}${isVaried ? '-varied' : ''}.cwl`;
  const workflow = writtenTo(file, pandaWorkflow(steps, isVaried));
  return [...pchain, '--cwl', workflow, '--outDS', 'user.name.bench', '--check'];
}

/** Workflows that both programs understand; nothing where there is no cwltool. */
function cwltoolPairs() {
  if (spawnSync('cwltool', ['--version']).status !== 0) return [];
  writtenTo('tool.cwl', tool);
  return [10, 300].flatMap((steps) => {
    const workflow = writtenTo(`tools-${steps}.cwl`, toolWorkflow(steps));
    return [
      { title: `pchain check, ${steps} tools`, argv: [...pchain, 'check', workflow], limit: Infinity },
      {
        title: `cwltool --validate, ${steps} tools`,
        argv: ['cwltool', '--validate', workflow],
        limit: Infinity,
      },
    ];
  });
}

/** Wall time and memory of the embedded PanDA, against a program that only starts the same processes, and other engines. */
function engines(count) {
  return engine(root, directory, count, told);
}

/** Files to and from REANA, and archives: wall time against curl and tar, and memory. */
function transfers(count) {
  return transfer(root, directory, count, told);
}

function writtenTo(file, text) {
  const path = join(directory, file);
  writeFileSync(path, text);
  return path;
}

function compare(commands, count) {
  const base = { title: 'node -e 0', argv: [process.execPath, '-e', '0'], limit: Infinity };
  const all = [base, ...commands].map((command) => ({ ...command, cpu: [], ratios: [] }));
  for (let round = 0; round < count; round++) {
    let reference = 0;
    for (const command of all) {
      const used = cpuMsOf(command.argv);
      if (command.title === base.title) reference = used;
      command.cpu.push(used);
      command.ratios.push(used / reference);
    }
  }
  console.log(
    `${'command'.padEnd(32)} ${'CPU, ms'.padStart(8)} ${'x base'.padStart(8)} ${'limit'.padStart(6)}   (medians of ${count} rounds)`,
  );
  const verdicts = all.map(({ title, cpu, ratios, limit }) =>
    told(title, median(ratios), limit, median(cpu)),
  );
  return {
    good: verdicts.every(Boolean),
    cpuMs: (title) => median(all.find((command) => command.title === title)?.cpu ?? []),
  };
}

/** Prints a line of the table; says whether the value keeps to its limit. */
function told(title, value, limit, cpu) {
  const isGood = value <= limit;
  const columns = [
    title.padEnd(32),
    (cpu === undefined ? '' : cpu.toFixed(0)).padStart(8),
    value.toFixed(2).padStart(8),
    (limit === Infinity ? '' : String(limit)).padStart(6),
  ];
  console.log(`${columns.join(' ')}${isGood ? '' : '   over'}`.trimEnd());
  return isGood;
}

/** User and system time of one run, in milliseconds: what bash says of it, a thousandth of a second fine. That a check has
 *  findings is no failure of the benchmark; that it could not start is. */
function cpuMsOf(argv) {
  const script = 'TIMEFORMAT="%U %S"; { time "$@" > /dev/null 2>&1; } 2>&1; exit';
  const { status, stdout } = spawnSync('bash', ['-c', script, 'bench', ...argv], {
    encoding: 'utf8',
    cwd: directory,
  });
  if (status === null || status > 1) throw new Error(`${argv.join(' ')} ended with ${status}`);
  const [user, system] = stdout.trim().split(' ').map(Number);
  return (user + system) * 1000;
}

/** The most memory one run ever held, in millions of bytes, as the kernel counts it. */
function peakMegabytes([program, script, ...words]) {
  const probe = `process.argv.splice(1, 0, ${JSON.stringify(script)});
    process.on('exit', () => console.error(process.resourceUsage().maxRSS));
    require(${JSON.stringify(script)});`;
  const { stderr } = spawnSync(program, ['-e', probe, '--', ...words], {
    encoding: 'utf8',
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return (Number(stderr.trim().split('\n').at(-1)) * 1024) / 1e6;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
