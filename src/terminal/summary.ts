// The end of a run: outcome, how long it took, which datasets there are, where the tar lies.
import { counted } from '../base/text.ts';
import { bytes, duration } from './amounts.ts';
import { renderTable } from './table.ts';
import type { View } from './terminal.ts';

export interface RunSummary {
  readonly name: string;
  readonly outcome: 'finished' | 'partly' | 'failed' | 'cancelled';
  /** Why it ended like that, where that is not plain; `undefined` otherwise. */
  readonly error: string | undefined;
  readonly tookMs: number | undefined;
  readonly datasets: readonly SummaryDataset[];
  /** The output tar; `undefined` when none was made. */
  readonly archive: { readonly path: string; readonly sizeBytes: number; readonly files: number } | undefined;
  /** The page where the request can be looked at. */
  readonly pageUrl: string | undefined;
  /** Commands that make sense now, most useful first. */
  readonly next: readonly string[];
}

export interface SummaryDataset {
  readonly name: string;
  readonly step: string;
  readonly files: number;
  readonly sizeBytes: number;
}

/** The summary for stderr, ending in a line break. */
export function renderSummary(summary: RunSummary, view: View): string {
  const { style } = view;
  const words = {
    finished: style.success('finished'),
    partly: style.warning('finished, but some jobs or steps failed'),
    failed: style.error('failed'),
    cancelled: style.warning('cancelled'),
  };
  const took = summary.tookMs === undefined ? '' : ` after ${duration(summary.tookMs)}`;
  const lines = [`${style.strong(summary.name)} ${words[summary.outcome]}${took}`];
  if (summary.error !== undefined) lines.push(`  ${summary.error}`);
  let text = `${lines.join('\n')}\n`;
  if (summary.datasets.length > 0) {
    const table = renderTable(
      [
        { title: 'dataset', kind: 'name' },
        { title: 'step', kind: 'name' },
        { title: 'files', kind: 'number' },
        { title: 'size', kind: 'number' },
      ],
      summary.datasets.map((dataset) => [
        dataset.name,
        dataset.step,
        String(dataset.files),
        { shown: bytes(dataset.sizeBytes), full: String(dataset.sizeBytes) },
      ]),
      view,
      'talk',
    );
    text += `\n${table}`;
    const files = summary.datasets.reduce((sum, dataset) => sum + dataset.files, 0);
    const sizeBytes = summary.datasets.reduce((sum, dataset) => sum + dataset.sizeBytes, 0);
    text += `${counted(summary.datasets.length, 'dataset')}, ${counted(files, 'file')}, ${bytes(sizeBytes)}\n`;
  }
  const notes: string[] = [];
  if (summary.archive !== undefined) {
    const { path, sizeBytes, files } = summary.archive;
    notes.push(`outputs   ${style.path(path)} (${counted(files, 'file')}, ${bytes(sizeBytes)})`);
  }
  if (summary.pageUrl !== undefined)
    notes.push(`page      ${view.link(style.path(summary.pageUrl), summary.pageUrl)}`);
  for (const [index, command] of summary.next.entries()) {
    notes.push(`${index === 0 ? 'next      ' : '          '}\`${style.hint(command)}\``);
  }
  return notes.length === 0 ? text : `${text}\n${notes.join('\n')}\n`;
}
