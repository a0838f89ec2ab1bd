// What ends the run of a CWL workflow.
import { PchainError, UnsupportedError, type ErrorDetails } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';

/** The documents, the inputs or the outputs are not what they must be. */
export class CwlFault extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.findings, message, details);
  }
}

/** A requirement, a class or a place that is not run here. */
export class CwlUnsupported extends UnsupportedError {}
