// What may follow on a command line that is being typed: read from the declared commands and options themselves.
import type { Argument, Command, Option } from 'commander';
import { topics } from './topics.ts';

export interface Candidate {
  readonly word: string;
  /** One line; empty where there is nothing to say. */
  readonly about: string;
}

export interface Candidates {
  /** Those that begin like the last word, in the order of the help pages. */
  readonly candidates: readonly Candidate[];
  /** Names of files fit, too; shells know those themselves. */
  readonly files: boolean;
}

/** What the user has submitted from here, latest first; runs on REANA that were offloaded from here; codes of findings. */
export type Known = (kind: 'ids' | 'outDS' | 'datasets' | 'runs' | 'codes') => Promise<readonly Candidate[]>;

/** @param words behind the name of the program; the last one is being typed and may be empty */
export async function completeWords(
  program: Command,
  words: readonly string[],
  known: Known,
): Promise<Candidates> {
  const typed = words.at(-1) ?? '';
  const place = placeAfter(program, words.slice(0, -1));
  if (place.option !== undefined) return fitting(await ofOption(place.option, known), typed, '');
  if (typed.startsWith('-') && !place.isBehindDashes) {
    const equals = typed.indexOf('=');
    if (equals === -1) return fitting({ candidates: optionWords(place.command), files: false }, typed, '');
    const option = optionNamed(place.command, typed.slice(0, equals));
    if (option?.required !== true) return nothing;
    return fitting(await ofOption(option, known), typed.slice(equals + 1), typed.slice(0, equals + 1));
  }
  return fitting(await ofArgument(program, place, known), typed, '');
}

const nothing: Candidates = { candidates: [], files: false };

/** Where the word that is being typed stands. */
interface Place {
  readonly command: Command;
  /** Words before it that are neither options nor names of commands. */
  readonly arguments: number;
  /** The word is the value of this one. */
  readonly option: Option | undefined;
  readonly isBehindDashes: boolean;
}

function placeAfter(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, arguments: 0, option: undefined, isBehindDashes: false };
  for (const word of words) place = stepOver(place, word);
  return place;
}

function stepOver(place: Place, word: string): Place {
  if (place.isBehindDashes) return { ...place, arguments: place.arguments + 1 };
  if (place.option !== undefined && !(place.option.variadic && word.startsWith('-')))
    return place.option.variadic ? place : { ...place, option: undefined };
  if (word === '--') return { ...place, option: undefined, isBehindDashes: true };
  if (word.startsWith('-')) {
    const option = word.includes('=') ? undefined : optionNamed(place.command, word);
    return { ...place, option: option?.required === true ? option : undefined };
  }
  const next = place.arguments === 0 ? place.command.commands.find((one) => one.name() === word) : undefined;
  return next === undefined ? { ...place, arguments: place.arguments + 1 } : { ...place, command: next };
}

const visibleCommands = (command: Command): readonly Command[] =>
  command.createHelp().visibleCommands(command);

const optionNamed = (command: Command, name: string): Option | undefined =>
  command.options.find(({ long, short }) => long === name || short === name);

function optionWords(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description }));
}

function ofOption(option: Option, known: Known): Promise<Candidates> {
  // A negated one and its like have no value.
  const value = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1] ?? '';
  return ofValue(option.argChoices, option.long === '--outDS' ? 'outDS' : value, known);
}

async function ofArgument(program: Command, place: Place, known: Known): Promise<Candidates> {
  const { command, arguments: before } = place;
  if (command.name() === 'help' && command.parent === program) {
    const names = Object.keys(topics).map((word) => ({ word, about: 'a topic' }));
    return { candidates: [...commandWords(program), ...names], files: false };
  }
  const declared: readonly Argument[] = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[before] ?? (last?.variadic === true ? last : undefined);
  const values =
    argument === undefined ? nothing : await ofValue(argument.argChoices, argument.name(), known);
  const commands = before === 0 && !place.isBehindDashes ? commandWords(command) : [];
  return { candidates: [...commands, ...values.candidates], files: values.files };
}

function commandWords(command: Command): readonly Candidate[] {
  return visibleCommands(command).map((one) => ({ word: one.name(), about: one.description() }));
}

/** @param name of the value, as the help page shows it: it says what the value is */
async function ofValue(
  choices: readonly string[] | undefined,
  name: string,
  known: Known,
): Promise<Candidates> {
  if (choices !== undefined)
    return { candidates: choices.map((word) => ({ word, about: '' })), files: false };
  if (/^ids?$/.test(name)) return { candidates: await known('ids'), files: false };
  if (name === 'outDS') return { candidates: await known('outDS'), files: false };
  if (name === 'run') return { candidates: await known('runs'), files: false };
  if (name === 'code') return { candidates: await known('codes'), files: false };
  if (name === 'dataset') return { candidates: await known('datasets'), files: false };
  return { candidates: [], files: /^(files?|paths?|directory|patterns)(\.\.\.)?$/.test(name) };
}

function fitting({ candidates, files }: Candidates, typed: string, before: string): Candidates {
  const seen = new Set<string>();
  const fit = candidates.filter(({ word }) => {
    const isFirst = word !== '' && !seen.has(word);
    seen.add(word);
    return isFirst && word.startsWith(typed);
  });
  return { candidates: fit.map(({ word, about }) => ({ word: before + word, about })), files };
}
