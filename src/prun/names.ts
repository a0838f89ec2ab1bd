// Rules for names of datasets. Source: panda-client 2.0.2 `PsubUtils.checkOutDsName`, `checkTaskParam`.

export interface OutDSRules {
  /** The user's nickname; `undefined`: any nickname will do, as when nobody is signed in. */
  readonly nickname?: string | undefined;
  /** Names start with `group.<group>.` instead of `user.<nickname>.`. */
  readonly official?: boolean | undefined;
  /** Groups for which the user has the production role; `undefined`: any group will do. */
  readonly productionGroups?: readonly string[] | undefined;
}

/** Longest name of a dataset container, in characters, as DDM defines it. */
export const longestContainer = 132;
/** Longest outDS of a workflow: `<outDS>.log/` is a container, too. */
export const longestOutDS = longestContainer - '.log/'.length;

const forbidden = new Set('%|;><?\'"()$@:=&^#\\[]{}`*');
// Most names have none of them.
const forbiddenCharacter = /[%|;><?'"()$@:=&^#\\[\]{}`*]/;

/** What is wrong with the name of a workflow's outDS; empty when nothing is. */
export function checkOutDS(name: string, rules: OutDSRules = {}): readonly string[] {
  if (name === '') return ['`outDS` is empty'];
  return [...characterFaults(name), ...prefixFaults(name, rules), ...endFaults(name), ...lengthFaults(name)];
}

/** What is wrong with the full name of a dataset that a step would make (`<base>_<type>/`); empty when nothing is. */
export function checkContainerName(name: string): readonly string[] {
  const length = lengthOf(name);
  if (length <= longestContainer) return [];
  return [`the dataset \`${name}\` has ${length} characters, at most ${longestContainer} are allowed`];
}

/** The base name of a step's datasets, which is also its task name: `<outDS>_<NNN>_<step>`. In a loop iDDS puts the number
 *  of the iteration where `___idds___num_run___` stands. */
export function stepDatasetBase(outDS: string, id: number, name: string, inLoop: boolean): string {
  return `${outDS}_${String(id).padStart(3, '0')}_${name}${inLoop ? `.${iterationMark}` : ''}`;
}

/** What iDDS replaces by the number of the iteration, counting from 1. */
export const iterationMark = '___idds___num_run___';

/** The first character that no dataset or file name may have, or `undefined`. */
export function datasetCharacterFault(name: string): string | undefined {
  return forbiddenCharacter.test(name) ? Array.from(name).find((char) => forbidden.has(char)) : undefined;
}

function characterFaults(name: string): string[] {
  const found = new Set(Array.from(name).filter((char) => forbidden.has(char)));
  const faults = [...found].map((char) => `\`outDS\` contains \`${char}\`, which no dataset name may have`);
  // The server takes a blank, and then cuts the command line of the step there.
  if (/[\s\p{Cc}]/u.test(name)) faults.push('`outDS` contains a blank or a control character');
  return faults;
}

function prefixFaults(name: string, rules: OutDSRules): string[] {
  if (rules.official === true) return officialFaults(name, rules.productionGroups);
  const { nickname } = rules;
  if (nickname === undefined) {
    return /^user\.[^.]+\../.test(name) ? [] : [`\`outDS\` is \`user.<nickname>.<name>\`, not \`${name}\``];
  }
  const prefix = `user.${nickname}.`;
  return name.startsWith(prefix) && name !== prefix
    ? []
    : [`\`outDS\` starts with \`${prefix}\`, not \`${name}\``];
}

function officialFaults(name: string, groups: readonly string[] | undefined): string[] {
  const match = /^group(?:\d\d)?\.([^.]+)\../.exec(name);
  if (match === null) return [`an official \`outDS\` is \`group.<group>.<name>\`, not \`${name}\``];
  if (groups === undefined) return [];
  if (groups.length === 0) return ['an official `outDS` needs the production role of a group'];
  // A group may have dots of its own, so whole prefixes are compared.
  const isAllowed = groups.some((group) =>
    name.replace(/^group\d\d\./, 'group.').startsWith(`group.${group}.`),
  );
  return isAllowed
    ? []
    : [`an official \`outDS\` starts with ${groups.map((group) => `\`group.${group}.\``).join(' or ')}`];
}

function endFaults(name: string): string[] {
  return name.endsWith('/')
    ? ['`outDS` ends with `/`, which would stand in the middle of the names of its steps']
    : [];
}

function lengthFaults(name: string): string[] {
  const length = lengthOf(name);
  return length <= longestOutDS
    ? []
    : [`\`outDS\` has ${length} characters, at most ${longestOutDS} are allowed`];
}

/** In characters, as Python counts them. */
function lengthOf(name: string): number {
  return Array.from(name).length;
}
