// `pchain graph FILE`: draws a workflow, into a file or on stdout.
import { resolve as resolvePath } from 'node:path';
import { UnsupportedError, UsageError } from '../../base/errors.ts';
import type { ExitCode } from '../../base/exit-code.ts';
import { Findings } from '../../base/finding.ts';
import { counted } from '../../base/text.ts';
import type { Graph } from '../../workflow/drawing/graph.ts';
import { allSteps } from '../../workflow/drawing/graph.ts';
import { graphOf } from '../../workflow/drawing/plan-graph.ts';
import type { Workflow } from '../../workflow/model.ts';
import type { Plan } from '../../workflow/plan.ts';
import { checkDocuments } from '../check/check-documents.ts';
import { resolveWorkflow } from '../check/check-workflow.ts';
import { fontFiles, formatFor, putDrawing } from '../drawing-files.ts';
import type { Host } from '../host.ts';
import { findingsExit, tellFindings } from '../check/show-findings.ts';
import { textReader } from '../check/text-files.ts';
import { requireGoodOutDS, textOption } from '../check/workflow-files.ts';

const graphFormats = ['text', 'svg', 'png', 'dot', 'mermaid'] as const;
type GraphFormat = (typeof graphFormats)[number];

const formatsByEnding: Readonly<Record<string, GraphFormat>> = {
  '.svg': 'svg',
  '.png': 'png',
  '.dot': 'dot',
  '.gv': 'dot',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.txt': 'text',
};

/** Draws what can be drawn; faults of the files are told on stderr, and are the exit code.
 *  @throws UsageError when the format is not clear, UnsupportedError for documents that are no workflow for PanDA, LocalError
 *    when the file cannot be written */
export async function runGraph(
  file: string,
  options: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<ExitCode> {
  const outDS = textOption(options, 'outDS') ?? 'user.name.graph';
  const yaml = textOption(options, 'yaml');
  requireGoodOutDS(outDS, undefined);
  const output = textOption(options, 'output');
  const format = formatFor(graphFormats, formatsByEnding, { given: textOption(options, 'format'), output });
  refuseOwnFile(output, [file, yaml], host);

  const readText = textReader(host.workingDirectory);
  const request = {
    files: [file],
    yaml,
    outDS,
    missingInputs: 'assume',
    knownCodes: () => new Set<string>(),
  } as const;
  const { findings, workflows, plans, filesRead } = await checkDocuments(request, readText);
  tellFindings({ findings, readText, filesChecked: filesRead }, host);
  const exitCode = findingsExit(findings, false);
  const workflow = workflows.get(file);
  if (workflow === undefined) {
    if (exitCode !== 0) return exitCode;
    throw new UnsupportedError(`\`${file}\` is no workflow for PanDA, and no others can be drawn yet`, {
      hint: 'a workflow for PanDA has steps that run `prun`, `phpo`, `junction`, `reana` or `gitlab`',
    });
  }
  // Without findings: they have been told above.
  const plan =
    plans.get(file) ??
    resolveWorkflow(workflow, undefined, { outDS, missingInputs: 'assume' }, new Findings());
  await draw({ plan, workflow, format, output }, host);
  return exitCode;
}

function refuseOwnFile(
  output: string | undefined,
  inputs: readonly (string | undefined)[],
  { workingDirectory }: Host,
): void {
  const target = output === undefined ? undefined : resolvePath(workingDirectory, output);
  if (inputs.some((input) => input !== undefined && resolvePath(workingDirectory, input) === target)) {
    throw new UsageError(`\`-o ${output ?? ''}\` would overwrite what is to be drawn`);
  }
}

interface Wanted {
  readonly plan: Plan;
  readonly workflow: Workflow;
  readonly format: GraphFormat;
  readonly output: string | undefined;
}

async function draw({ plan, workflow, format, output }: Wanted, host: Host): Promise<void> {
  const graph = graphOf(plan, workflow);
  const drawing = format === 'text' ? await textOf(plan, output, host) : await pictureOf(graph, format);
  await putDrawing(drawing, output, host);
  if (output === undefined) return;
  const steps = counted([...allSteps(graph.steps)].length, 'step');
  host.terminal.say(`drew ${steps} to ${output}`);
}

async function textOf(plan: Plan, output: string | undefined, { terminal }: Host): Promise<string> {
  const { drawWorkflow } = await import('../../workflow/drawing/text.ts');
  const view = terminal.stdout;
  const options =
    output === undefined ? { unicode: view.unicode, width: view.width } : { unicode: true, width: 100 };
  return `${drawWorkflow(plan, options).join('\n')}\n`;
}

async function pictureOf(graph: Graph, format: Exclude<GraphFormat, 'text'>): Promise<string | Uint8Array> {
  switch (format) {
    case 'dot':
      return (await import('../../workflow/drawing/dot.ts')).drawDot(graph);
    case 'mermaid':
      return (await import('../../workflow/drawing/mermaid.ts')).drawMermaid(graph);
    case 'svg':
    case 'png': {
      const { layOutGraph } = await import('../../workflow/drawing/layout.ts');
      const { drawSvg } = await import('../../workflow/drawing/svg.ts');
      const layout = await layOutGraph(graph);
      if (format === 'svg') return drawSvg(graph, layout, 'both').svg;
      const { drawPng } = await import('../../workflow/drawing/png.ts');
      return drawPng(drawSvg(graph, layout, 'light'), { fontFiles: fontFiles() });
    }
  }
}
