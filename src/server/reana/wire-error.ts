// An answer that is not 2xx: REANA's envelope is `{"message": "…"}`.

/** Thrown by routes; the face turns it into the answer. */
export class WireError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
