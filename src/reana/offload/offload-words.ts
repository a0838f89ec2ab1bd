// How an offload that stopped or lacks something is told.
import { AuthError, PchainError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import type { Journal } from './offload-journal.ts';

/** What has become of the run is what one wants to know first. */
export function interruptedWhere(journal: Journal | undefined): string {
  if (journal?.runName === undefined) return 'interrupted before there was a run';
  const run = `run \`${journal.runName}\``;
  switch (journal.phase) {
    case 'creating':
    case 'created':
      return `interrupted while ${run} was made ready to start`;
    case 'started':
      return `stopped waiting for ${run}, which \`${journal.server}\` goes on with`;
    case 'packed':
      return `interrupted when the outputs of ${run} were packed already`;
    default:
      return `interrupted while the outputs of ${run}, which has ended, were brought here`;
  }
}

/** A token that ends while a run is under way takes nothing from it. */
export function refusedMeanwhile(error: AuthError, journal: Journal | undefined): AuthError {
  if (journal?.runName === undefined) return error;
  const goesOn = `the same command again goes on with run \`${journal.runName}\``;
  return new AuthError(error.message, {
    hint: error.hint === undefined ? goesOn : `${error.hint}; ${goesOn}`,
    cause: error,
  });
}

/** A run that finished without all that was expected of it. */
export function notMade(runName: string, missing: readonly string[]): PchainError {
  const listed = missing.map((output) => `\`${output}\``).join(', ');
  const outputs = missing.length === 1 ? `its output ${listed}` : `these outputs: ${listed}`;
  return new PchainError(ExitCode.findings, `run \`${runName}\` finished, but did not make ${outputs}`, {
    hint: `see what it made: \`pchain reana ls -w ${runName}\`; \`--keep-going\` brings back what there is`,
  });
}

/** Outputs that were there when the run had ended, and are not there any more. */
export function removedMeanwhile(runName: string, gone: readonly string[]): PchainError {
  const listed = gone.map((name) => `\`${name}\``).join(', ');
  return new PchainError(
    ExitCode.remote,
    `outputs of run \`${runName}\` were removed while they were brought here: ${listed}`,
    {
      hint: 'the same command again brings what there is then',
    },
  );
}
