// An answer that is not 2xx: REANA's envelope is `{"message": "…"}`.

/** Thrown by routes; the face turns it into the answer. */
export class WireError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** The text that REANA's server gives for a run it does not know. */
export const unknownRun = (key: string): WireError =>
  new WireError(
    404,
    `REANA_WORKON is set to ${key}, but that workflow does not exist. Please set your REANA_WORKON environment variable appropriately.`,
  );
