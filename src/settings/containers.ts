// How steps with an image run on this machine: a mode, or the name of the one engine that may run them.

export interface ContainerSetting {
  /** `never`: on the machine itself · `auto`: in a container where an engine works · `require`: in a container or not at all. */
  readonly mode: 'never' | 'auto' | 'require';
  /** The only one that may be used; `undefined`: the first that works. */
  readonly engine: 'apptainer' | 'podman' | 'docker' | undefined;
}

/** What can be written; an engine by its name is required. */
export const containerWords = ['never', 'auto', 'require', 'apptainer', 'podman', 'docker'] as const;

/** @returns `undefined` for any other word */
export function readContainerWord(word: string): ContainerSetting | undefined {
  switch (word) {
    case 'never':
    case 'none':
      return { mode: 'never', engine: undefined };
    case 'auto':
    case 'require':
      return { mode: word, engine: undefined };
    case 'apptainer':
    case 'podman':
    case 'docker':
      return { mode: 'require', engine: word };
    default:
      return undefined;
  }
}
