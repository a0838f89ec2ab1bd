// `pchain forecast`: what PanDA would make of a workflow, step by step.
import { ExitCode } from '../../base/exit-code.ts';
import { dumpPlan } from '../../workflow/dump.ts';
import { forecast } from '../../workflow/forecast.ts';
import type { Plan } from '../../workflow/plan.ts';
import { renderForecast } from '../forecast-text.ts';
import type { Host } from '../host.ts';
import { loadSettings } from '../servers/settings.ts';
import { findingsExit, tellFindings } from '../check/show-findings.ts';
import { readWorkflow, workflowFlags } from '../check/workflow-files.ts';
import { withTemplate } from '../submit/workflow-template.ts';

/** Prints the forecast as text, as JSON, or as the server's own dump of the plan. With errors it is printed as far as it
 *  goes, and the exit code is 1. */
export async function runForecast(options: Readonly<Record<string, unknown>>, host: Host): Promise<ExitCode> {
  const settings = await loadSettings({}, host);
  const named = workflowFlags(options, settings.nickname.value);
  const flags = await withTemplate({ flags: named, options, settings, mayAsk: false }, host);
  const { findings, plan, draft, readText, files } = await readWorkflow(flags, host.workingDirectory);
  tellFindings({ findings, readText, filesChecked: files.length }, host);
  if (draft !== undefined) host.terminal.out(rendered(draft, options, host));
  return plan === undefined ? findingsExit(findings, false) : ExitCode.done;
}

function rendered(plan: Plan, options: Readonly<Record<string, unknown>>, host: Host): string {
  if (options['json'] === true) return JSON.stringify(forecast(plan), null, 2);
  if (options['dump'] === true) return dumpPlan(plan).replace(/^\n/, '');
  return renderForecast(plan, host.terminal.stdout).replace(/\n$/, '');
}
