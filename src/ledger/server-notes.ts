// What was found out about servers, once for all commands: which generation of PanDA's protocol each of them speaks.
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../base/make-directory.ts';
import * as v from 'valibot';
import type { GenerationNote } from '../panda/generation-note.ts';

const shape = v.record(v.string(), v.object({ generation: v.picklist(['legacy', 'v1']) }));
type Notes = v.InferOutput<typeof shape>;

/** The note about one server. Nothing is lost when it cannot be kept: it is found out again.
 *  @param origin `scheme://host:port` */
export function generationNote(directory: string, origin: string): GenerationNote {
  const path = join(directory, 'servers.json');
  const all = (): Notes => {
    try {
      const parsed = v.safeParse(shape, JSON.parse(readFileSync(path, 'utf8')));
      return parsed.success ? parsed.output : {};
    } catch {
      return {};
    }
  };
  return {
    read: () => all()[origin]?.generation,
    write: (generation) => {
      const notes = all();
      if (notes[origin]?.generation === generation) return;
      try {
        makeDirectory(directory, 0o700);
        const part = `${path}.${randomUUID()}.part`;
        writeFileSync(part, `${JSON.stringify({ ...notes, [origin]: { generation } }, null, 2)}\n`, {
          mode: 0o600,
        });
        renameSync(part, path);
      } catch {
        // The next command asks again.
      }
    },
  };
}
