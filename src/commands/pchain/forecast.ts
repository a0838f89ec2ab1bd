// `pchain forecast`: what PanDA would make of a workflow, step by step.
import { ExitCode } from '../../base/exit-code.ts';
import { dumpPlan } from '../../workflow/dump.ts';
import { forecast } from '../../workflow/forecast.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../settings.ts';
import { tellFindings } from '../show-findings.ts';
import { readWorkflow, workflowFlags } from '../workflow-files.ts';

export async function runForecast(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({}, host);
  const flags = workflowFlags(options, settings.nickname.value);
  const { findings, plan, readText, files } = readWorkflow(flags, host.workingDirectory);
  tellFindings({ findings, readText, filesChecked: files.length }, host);
  if (plan === undefined) return ExitCode.findings;
  host.terminal.out(
    options['json'] === true ? JSON.stringify(forecast(plan), null, 2) : dumpPlan(plan).replace(/^\n/, ''),
  );
  return ExitCode.done;
}
