// What ends the run of a Yadage workflow.
import { PchainError, type ErrorDetails } from '../../../base/errors.ts';
import { ExitCode } from '../../../base/exit-code.ts';

/** A value, a reference or a text of the workflow does not come out. */
export class YadageFault extends PchainError {
  constructor(message: string, details?: ErrorDetails) {
    super(ExitCode.findings, message, details);
  }
}
