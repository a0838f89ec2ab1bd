// Gives one command to several things. What one of them refuses keeps the others from nothing.
import { AuthError, PchainError, UsageError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { HttpFailure } from '../../http/http-failure.ts';
import type { CommandOutcome } from '../../panda/tasks.ts';
import type { Host } from '../host.ts';

export interface Addressee {
  /** `task 40000001`: for messages. */
  readonly name: string;
  readonly tell: () => Promise<CommandOutcome>;
}

/** How one of them took it. `failure`: it was not even a refusal by its state, for example somebody else's task. */
export interface Told extends CommandOutcome {
  readonly failure: PchainError | undefined;
}

/** So many at once: a list may have a thousand tasks. */
const atOnce = 8;

/** Tells all of them, and says of each, in order, what became of it.
 *  @returns 1 when some refused; the code of the failure where one failed
 *  @throws the failure itself when there is only one to tell; and, after those that answered were shown, a failure of the network */
export async function tellAll(addressees: readonly Addressee[], host: Host): Promise<ExitCode> {
  const [only, ...more] = addressees;
  if (only !== undefined && more.length === 0) return show(only, await only.tell().then(outcome), host);
  const told = await toldEach(addressees, (addressee, answer) => show(addressee, answer, host));
  if (told.every(({ done }) => done)) return ExitCode.done;
  return told.find(({ failure }) => failure !== undefined)?.failure?.exitCode ?? ExitCode.findings;
}

/** Tells all of them.
 *  @param onAnswer of each, in order
 *  @throws a failure of the network */
export async function toldEach(
  addressees: readonly Addressee[],
  onAnswer: (addressee: Addressee, answer: Told) => void = () => undefined,
): Promise<readonly Told[]> {
  const all: Told[] = [];
  for (let from = 0; from < addressees.length; from += atOnce) {
    const some = addressees.slice(from, from + atOnce);
    const results = await Promise.allSettled(some.map((addressee) => toldOne(addressee)));
    for (const [index, result] of results.entries()) {
      const addressee = some[index];
      if (addressee === undefined || result.status === 'rejected') continue;
      onAnswer(addressee, result.value);
      all.push(result.value);
    }
    const broken = results.find((result) => result.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
  }
  return all;
}

/** Of those that refused, who and why. */
export function refusalsOf(addressees: readonly Addressee[], told: readonly Told[]): readonly string[] {
  return told.flatMap(({ done, message }, index) =>
    done ? [] : [`${addressees[index]?.name ?? '?'}: ${message}`],
  );
}

/** What a refusal of some of them is for all of them together.
 *  @param refused as `refusalsOf` gives them
 *  @throws AuthError, HttpFailure or UsageError where it was no refusal by their state */
export function refusal(refused: readonly string[], told: readonly Told[]): CommandOutcome {
  const message = refused.join('; ');
  const failure = told.find((one) => one.failure !== undefined)?.failure;
  if (failure instanceof AuthError) throw new AuthError(message, { hint: failure.hint, cause: failure });
  if (failure !== undefined) throw failure;
  return { done: false, message };
}

async function toldOne({ tell }: Addressee): Promise<Told> {
  try {
    return outcome(await tell());
  } catch (thrown) {
    if (!(thrown instanceof PchainError) || !isAnswer(thrown)) throw thrown;
    return { done: false, message: thrown.message, failure: thrown };
  }
}

/** What the server or we said about this one alone; the next may fare better. */
function isAnswer(thrown: PchainError): boolean {
  if (thrown instanceof HttpFailure) return thrown.reached === 'answered';
  return thrown instanceof AuthError || thrown instanceof UsageError;
}

function outcome({ done, message }: CommandOutcome): Told {
  return { done, message, failure: undefined };
}

function show({ name }: Addressee, { done, message }: Told, host: Host): ExitCode {
  const line = `${name}: ${message}`;
  if (done) host.terminal.say(line);
  // With --quiet, too: it is why the exit code is not 0.
  else host.terminal.alert(line);
  return done ? ExitCode.done : ExitCode.findings;
}
