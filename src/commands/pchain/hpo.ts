// `pchain hpo [ID]`: the points of phpo steps on this machine, as a curve, a picture, or data.
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { searchLines } from '../../terminal/loss-curve.ts';
import { fontFiles, formatFor, putDrawing } from '../drawing-files.ts';
import type { Host } from '../host.ts';
import { knownSnapshot } from '../work/request-state.ts';
import { searchesOf, type FoundSearch } from '../work/searches.ts';
import { meantTarget, targetName } from '../work/targets.ts';
import { textOption } from '../check/workflow-files.ts';

type Options = Readonly<Record<string, unknown>>;

const formats = ['text', 'svg', 'png', 'json'] as const;
const byEnding = { '.svg': 'svg', '.png': 'png', '.json': 'json', '.txt': 'text' } as const;

export async function runHpo(typed: string | undefined, options: Options, host: Host): Promise<ExitCode> {
  const output = textOption(options, 'output');
  const format = formatFor(formats, byEnding, { given: textOption(options, 'format'), output });
  const { target, connection } = await meantTarget(typed, options, host);
  if (!connection.isEmbedded) {
    throw new UnsupportedError('PanDA does not tell the points of a search', {
      hint: 'this command is for searches that ran on this machine',
    });
  }
  const snapshot = await knownSnapshot(connection, target, host.signal);
  const step = textOption(options, 'step');
  const found = await searchesOf(connection, snapshot, host.signal);
  const searches = found.filter((search) => step === undefined || search.step === step);
  const names = [...new Set(found.map((search) => `\`${search.step}\``))].join(', ');
  const [only, ...others] = searches;
  if (only === undefined) {
    throw new UsageError(
      step === undefined
        ? `${targetName(target)} has no step of phpo`
        : `there is no step \`${step}\` of phpo`,
      names === '' ? {} : { hint: `it has ${names}` },
    );
  }
  if (format === 'text') {
    const { stdout } = host.terminal;
    const view = output === undefined ? stdout : { width: 100, unicode: true, style: plain };
    const blocks = searches.map(({ label, search }) => searchLines(label, search, view).join('\n'));
    await putDrawing(`${blocks.join('\n\n')}\n`, output, host);
    return ExitCode.done;
  }
  if (others.length > 0)
    throw new UsageError(`${targetName(target)} has several searches`, {
      hint: `choose with --step: ${names}`,
    });
  await putDrawing(await drawn(format, only), output, host);
  return ExitCode.done;
}

async function drawn(
  format: 'svg' | 'png' | 'json',
  { label, search }: FoundSearch,
): Promise<string | Uint8Array> {
  if (format === 'json') return `${JSON.stringify(search, null, 2)}\n`;
  const { drawLosses } = await import('../../terminal/loss-picture.ts');
  if (format === 'svg') return drawLosses(label, search, false).svg;
  const { drawPng } = await import('../../workflow/drawing/png.ts');
  return drawPng(drawLosses(label, search, true), { fontFiles: fontFiles() });
}

const same = (text: string): string => text;
const plain = {
  success: same,
  error: same,
  warning: same,
  hint: same,
  path: same,
  strong: same,
  faint: same,
};
