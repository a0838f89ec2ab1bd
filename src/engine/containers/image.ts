// What the name of a container image means, and which engines can run it.

export const containerEngines = ['apptainer', 'podman', 'docker'] as const;
export type ContainerEngine = (typeof containerEngines)[number];

/** `registry`: pulled by its name · `file`: a SIF image · `directory`: an unpacked image, as below `/cvmfs/unpacked.cern.ch` ·
 *  `apptainer`: from a place that apptainer alone knows (`oras://`, `library://`, `shub://`). */
export interface Image {
  readonly kind: 'registry' | 'file' | 'directory' | 'apptainer';
  /** The name without `docker://`, the absolute path, or the name as written. */
  readonly name: string;
}

/** @param text as the user wrote it; paths may be relative
 *  @param directory of the job: where relative paths begin */
export function readImage(text: string, directory: string): Image {
  const scheme = /^([A-Za-z][\w+.-]*):\/\//.exec(text);
  if (scheme !== null) {
    return scheme[1] === 'docker'
      ? { kind: 'registry', name: text.slice(scheme[0].length) }
      : { kind: 'apptainer', name: text };
  }
  const isFile = /\.(?:sif|simg|img)$/.test(text);
  if (!isFile && !/^\.{0,2}\//.test(text)) return { kind: 'registry', name: text };
  const name = text.startsWith('/') ? text : `${directory}/${text.replace(/^(?:\.\/)+/, '')}`;
  return { kind: isFile ? 'file' : 'directory', name };
}

const able: Readonly<Record<ContainerEngine, readonly Image['kind'][]>> = {
  apptainer: ['registry', 'file', 'directory', 'apptainer'],
  podman: ['registry', 'directory'],
  docker: ['registry'],
};

export const canRun = (engine: ContainerEngine, image: Image): boolean => able[engine].includes(image.kind);
