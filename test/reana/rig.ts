// A directory with a REANA analysis in it, and what an offload of it needs.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OffloadEvent, OffloadOptions } from '../../src/reana/offload/offload-options.ts';
import { fingerprintFile } from '../../src/reana/offload/secret-fingerprints.ts';
import { httpClient, realClock, token } from '../reana-server/rig.ts';

export interface AnalysisRig {
  readonly directory: string;
  readonly events: OffloadEvent[];
  path(name: string): string;
  write(name: string, content: string | Buffer): void;
  options(changes?: Partial<OffloadOptions>): OffloadOptions;
}

/** The files are written below a fresh directory; `reana.yaml` is the specification. */
export function analysisRig(server: string, files: Readonly<Record<string, string | Buffer>>): AnalysisRig {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-offload-'));
  const events: OffloadEvent[] = [];
  const rig: AnalysisRig = {
    directory,
    events,
    path: (name) => join(directory, name),
    write(name, content) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), content);
    },
    options: (changes = {}) => ({
      http: httpClient(),
      server,
      token,
      specFile: join(directory, 'reana.yaml'),
      set: new Map(),
      parameters: new Map(),
      options: new Map(),
      outputs: undefined,
      name: 'fit',
      resume: undefined,
      secrets: new Map(),
      replaceSecrets: false,
      fingerprints: fingerprintFile(join(directory, '.fingerprints.json')),
      outputTar: join(directory, 'out.tar'),
      keepGoing: false,
      deleteAfter: false,
      waits: true,
      workDirectory: directory,
      clock: realClock,
      newId: randomUUID,
      onEvent: (event) => events.push(event),
      ...changes,
    }),
  };
  for (const [name, content] of Object.entries(files)) rig.write(name, content);
  return rig;
}
