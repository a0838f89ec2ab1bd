// A value that must never be seen: it travels in a wrapper that prints as `[hidden]`, and every value that was ever
// wrapped is masked by `redact` wherever it turns up.
import { inspect } from 'node:util';
import { hidden, rememberSecret } from './redact.ts';

export { redact } from './redact.ts';

/** A token, password, certificate or key. `reveal` is the only way to the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    rememberSecret(value);
  }

  /** The value itself, for the one place that sends or stores it. */
  reveal(): string {
    return this.#value;
  }

  get isEmpty(): boolean {
    return this.#value === '';
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
