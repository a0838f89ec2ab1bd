// Checkpoints: while an evaluation runs, the files it names are saved every few minutes, and a later try begins with them.
import { join } from 'node:path';
import type { TaskId } from '../../base/names.ts';
import { quoteShellWord } from '../../prun/shell-words.ts';

/** Of one point; it outlives the directories of the tries. */
export function checkpointPath(requestDirectory: string, task: TaskId, point: number): string {
  return join(requestDirectory, 'searches', String(task), 'checkpoints', `${point}.tgz`);
}

export interface CheckpointPlan {
  /** In the directory of the job. */
  readonly names: readonly string[];
  readonly path: string;
  readonly everySeconds: number;
}

/** PanDA keeps no larger ones. */
const mostBytes = 100_000_000;

/** Bash text that runs a script, and saves beside it: what is there of the files, whole or not at all. It runs outside of a
 *  container, whose image need not have tar. */
export function withCheckpoints(script: string, { names, path, everySeconds }: CheckpointPlan): string {
  const part = quoteShellWord(`${path}.part`);
  return `save() {
  there=()
  for name in ${names.map(quoteShellWord).join(' ')}; do if [ -e "$name" ]; then there+=("$name"); fi; done
  if [ "\${#there[@]}" -eq 0 ]; then return; fi
  tar -czf ${part} -- "\${there[@]}" 2> /dev/null || return
  if [ "$(wc -c < ${part})" -lt ${mostBytes} ]; then mv -f ${part} ${quoteShellWord(path)}; else rm -f ${part}; fi
}
(
  next=${everySeconds}
  # In short steps, so that it is gone soon after the payload.
  while sleep 1 && kill -0 $$; do if [ "$SECONDS" -ge "$next" ]; then save; next=$((SECONDS + ${everySeconds})); fi; done
) < /dev/null > /dev/null 2>&1 &
saver=$!
bash --noprofile --norc -c ${quoteShellWord(script)}
status=$?
kill "$saver" 2> /dev/null
exit "$status"
`;
}
