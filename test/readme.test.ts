import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliRig } from './rigs/cli.ts';

// Every `console` block of README.md is typed into a shell and its output compared; a line `…` stands for any lines.

const text = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const blocks = [...text.matchAll(/```console\n\$ pchain (.*)\n([\s\S]*?)```/g)].map((match) => ({
  args: (match[1] ?? '').split(' '),
  output: match[2] ?? '',
}));

let rig: CliRig;
beforeAll(() => {
  rig = new CliRig();
  rig.useExample('limit-scan');
  const good = readFileSync(join(rig.work, 'limit-scan.cwl'), 'utf8');
  rig.write({ 'typo.cwl': good.replace('opt_secondaryDsTypes:', 'opt_secondaryDsType:') });
});
afterAll(() => rig.remove());

describe('README.md', () => {
  it('has examples', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(3);
  });

  it.each(blocks)('shows what `pchain $args` prints', async ({ args, output }) => {
    const { stdout, stderr } = await rig.run(args);
    const printed = stdout + stderr;
    let from = 0;
    for (const part of output.split(/^…\n/m)) {
      const at = normalised(printed).indexOf(normalised(part), from);
      if (at < 0) expect(printed).toContain(part);
      from = at + normalised(part).length;
    }
  });
});

/** Tables are aligned for a terminal and separated by tabs in a pipe; only their words count here. */
function normalised(printed: string): string {
  return printed.replace(/[ \t]+/g, ' ').replace(/ \n/g, '\n');
}
