// A command `singularity` for a program that knows no other way to images, as Snakemake does: it runs what it is told to by
// whatever engine works here, and on the machine itself where that is allowed. It takes the words that Snakemake 7 to 9 types.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteShellWord } from '../../prun/shell-words.ts';
import { containerWords, variablesText } from './command.ts';
import type { ContainerJob } from './command.ts';
import type { FoundEngine } from './find.ts';
import type { Image } from './image.ts';

export interface SingularityJob extends Omit<
  ContainerJob,
  'engine' | 'image' | 'scriptPath' | 'workDirectory'
> {
  /** The command is written into it, and what its containers need; the containers see it. */
  readonly directory: string;
  /** Shell text that comes before each command in its container. */
  readonly before: string;
  /** Which engine runs an image; `host`, `refused`: why none does, and whether the machine itself may. */
  readonly placeOf: (image: Image) => FoundEngine | { readonly host: string } | { readonly refused: string };
}

/** What Snakemake is told beside its `--use-singularity`, and its `PATH`. */
export interface Singularity {
  /** The directory of the command. */
  readonly programs: string;
  /** Where images are kept: only their names, because each engine has a place of its own for them. */
  readonly images: string;
}

/** Where each running container has a directory with a note of it. */
export const runningIn = (directory: string): string => join(directory, 'running');

export const noteName = 'container.json';

export function writeSingularity(job: SingularityJob): Singularity {
  const programs = join(job.directory, 'programs');
  const images = join(job.directory, 'images');
  for (const path of [programs, images, runningIn(job.directory)]) mkdirSync(path, { recursive: true });
  const text = singularityText(job, images);
  writeFileSync(join(programs, 'singularity'), text, { mode: 0o700 });
  return { programs, images };
}

/** What only the command itself will know, in words that are written before. */
const marks = {
  '\0image': '"$image"',
  '\0name': '"$name"',
  '\0script': '"$script"',
  '\0here': '"$PWD"',
  '\0binds': '"${binds[@]}"',
} as const;
type Mark = keyof typeof marks;

function quoted(word: string): string {
  const pieces = word.split(/(\0(?:image|name|script|here|binds))/).filter((piece) => piece !== '');
  if (pieces.length === 0) return quoteShellWord(word);
  return pieces
    .map((piece) => (Object.hasOwn(marks, piece) ? marks[piece as Mark] : quoteShellWord(piece)))
    .join('');
}

const kinds: readonly Image['kind'][] = ['registry', 'file', 'directory', 'apptainer'];

function singularityText(job: SingularityJob, images: string): string {
  return `#!/bin/bash
while [[ \${1-} == --quiet || \${1-} == --silent ]]; do shift; done
case "\${1-}" in
--version) echo 'singularity version 3.8.0'; exit ;;
pull) [[ \${2-} == --name ]] && printf %s "$4" > "$3"; exit ;;
exec) shift ;;
*) echo 'this \`singularity\` only pulls and executes' >&2; exit 2 ;;
esac
binds=()
while [[ \${1-} == -* ]]; do
  case "$1" in
  --bind|-B)
    from=\${2%%:*}; to=\${2#*:}
    binds+=(--mount "type=bind,source=$from,target=\${to%%:*}"); shift 2 ;;
  --pwd) cd "$2" || exit; shift 2 ;;
  --home|-H) shift 2 ;;
  *) shift ;;
  esac
done
image=$1; shift
[[ -f $image && \${image%/*} == ${quoteShellWord(images)} ]] && image=$(< "$image")
case "$image" in
docker://*) kind=registry; image=\${image#docker://} ;;
*://*) kind=apptainer ;;
*.sif|*.simg|*.img) kind=file ;;
/*|./*|../*) kind=directory ;;
*) kind=registry ;;
esac
[[ ( $kind == file || $kind == directory ) && $image != /* ]] && image=$PWD/$image
running=$(mktemp -d ${quoteShellWord(join(runningIn(job.directory), 'XXXXXXXX'))}) || exit
trap 'rm -rf "$running"' EXIT
script=$running/inside.sh
name=${quoteShellWord(job.name)}-\${running##*/}
{ printf %s ${quoteShellWord(job.before)}; printf 'exec'; printf ' %q' "$@"; echo; } > "$script"
case "$kind" in
${kinds.map((kind) => `${kind})\n${runText(job, kind)}\n;;`).join('\n')}
esac
`;
}

/** Runs the command in an image of this kind. */
function runText(job: SingularityJob, kind: Image['kind']): string {
  const image: Image = { kind, name: '\0image' };
  const engine = job.placeOf(image);
  if ('refused' in engine)
    return `echo "the image $image cannot be run: "${quoteShellWord(engine.refused)} >&2\nexit 125`;
  if ('host' in engine)
    return `echo "on this machine itself, not in the image $image: "${quoteShellWord(engine.host)} >&2\n"$@"`;
  const whole: ContainerJob = {
    ...job,
    engine,
    image,
    name: '\0name',
    scriptPath: '\0script',
    workDirectory: '\0here',
    mounts: [...job.mounts, { source: job.directory, target: job.directory, isReadOnly: true }],
  };
  const { program, options } = containerWords(whole);
  const words = [...program, '\0binds', ...options].map(quoted).join(' ');
  const note = quoted(JSON.stringify({ ...engine, name: '@' }).replace('"@"', '"\0name"'));
  return [
    `echo "in the image $image, by ${engine.engine}" >&2`,
    `printf %s ${note} > "$running/${noteName}"`,
    `${variablesText(whole)}${words}`,
  ].join('\n');
}
