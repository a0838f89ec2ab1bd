// The files of runs: put there, listed, brought back, removed.
import type { HttpBody } from '../../http/body.ts';
import { Enough, type TakeChunk } from '../../http/direct-request.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { SavedFile, SaveTarget } from '../../http/save.ts';
import { readDiskUsage, readFiles, readRemoved } from './answers.ts';
import type { DiskUsage, RemoteFile, RemotePage, RemovedFiles } from './answers.ts';
import { pages } from './pages.ts';
import type { ReanaWire } from './wire.ts';

const filesPerPage = 1000;

/** Every method takes a run as UUID, `name` (its latest run) or `name.number`, and throws as `ReanaWire.request`. */
export class Workspaces {
  readonly #wire: ReanaWire;
  readonly #signal: AbortSignal | undefined;

  constructor(wire: ReanaWire, signal: AbortSignal | undefined) {
    this.#wire = wire;
    this.#signal = signal;
  }

  /** Puts a file into the workspace; one that is there is replaced. The body must know its length: servers drop the
   *  content of chunked uploads. */
  async upload(
    run: string,
    name: string,
    body: HttpBody,
    onProgress?: HttpRequest['onProgress'],
  ): Promise<void> {
    await this.#wire.request({
      method: 'POST',
      path: `${runPath(run)}/workspace`,
      query: { file_name: name },
      upload: body,
      repeatable: true,
      signal: this.#signal,
      onProgress,
    });
  }

  /** All files of the workspace, or those that a pattern names. Files of git itself are left out. */
  async files(run: string, pattern?: string): Promise<readonly RemoteFile[]> {
    const read = (page: number): Promise<RemotePage<RemoteFile>> => {
      const query: Record<string, string> = { page: String(page), size: String(filesPerPage) };
      if (pattern !== undefined) query['file_name'] = pattern;
      return this.#wire.json(
        { method: 'GET', path: `${runPath(run)}/workspace`, query, ...this.#read() },
        readFiles,
      );
    };
    const files: RemoteFile[] = [];
    for await (const page of pages(read, ({ name }) => name))
      for (const file of page) if (!file.name.startsWith('.git/')) files.push(file);
    return files;
  }

  /** Saves a file. */
  async download(
    run: string,
    name: string,
    target: SaveTarget,
    onProgress?: HttpRequest['onProgress'],
  ): Promise<SavedFile> {
    const { saved } = await this.#wire.request({
      method: 'GET',
      path: this.pathOf(run, name),
      saveTo: target,
      onProgress,
      ...this.#read(),
    });
    if (saved === undefined) throw new Error('an answer was not saved');
    return saved;
  }

  /** Receives the zip of all that a name or pattern stands for; its members are named as in the workspace. Nothing comes
   *  when the server sends no zip, because it is a single file.
   *  A server that makes the zip before it sends any of it may take too long: it is not asked again.
   *  @param begin called when a zip begins, and again when it broke off and is sent anew; its result takes the chunks */
  async downloadZip(run: string, pattern: string, begin: () => TakeChunk): Promise<void> {
    await this.#wire.request({
      method: 'GET',
      path: this.pathOf(run, pattern),
      receive: (headers) => (/^application\/zip\b/i.test(headers['content-type'] ?? '') ? begin() : nothing),
      retry: { outlastsSilence: false },
      ...this.#read(),
    });
  }

  /** The address of a file below the server. Segment by segment: a raw `#` or `%` would end or change the path. */
  pathOf(run: string, name: string): string {
    return `${runPath(run)}/workspace/${name.split('/').map(encodeURIComponent).join('/')}`;
  }

  /** Deletes the files that a name or pattern stands for; nothing may be among them. */
  remove(run: string, pattern: string): Promise<RemovedFiles> {
    return this.#wire.json(
      { method: 'DELETE', path: this.pathOf(run, pattern), repeatable: false, signal: this.#signal },
      readRemoved,
    );
  }

  /** Gives a file or directory another name; nothing is written over.
   *  @throws RemoteError when there is no such file, or the new name is taken */
  async move(run: string, from: string, to: string): Promise<void> {
    await this.#wire.request({
      method: 'PUT',
      path: `/api/workflows/move_files/${encodeURIComponent(run)}`,
      query: { source: from, target: to },
      repeatable: false,
      signal: this.#signal,
    });
  }

  /** What the files take on the disk of the server, directories and the workspace itself (an empty name) included. */
  diskUsage(run: string, isSummary: boolean): Promise<readonly DiskUsage[]> {
    return this.#wire.json(
      {
        method: 'GET',
        path: `${runPath(run)}/disk_usage`,
        // One of the two questions that have a body, though they are a GET.
        json: { summarize: isSummary },
        ...this.#read(),
      },
      readDiskUsage,
    );
  }

  #read(): { readonly repeatable: true; readonly signal: AbortSignal | undefined } {
    return { repeatable: true, signal: this.#signal };
  }
}

/** Takes nothing of a body. */
const nothing: TakeChunk = () => {
  throw new Enough();
};

export const runPath = (run: string): string => `/api/workflows/${encodeURIComponent(run)}`;

/** `fit` of `fit.1` and `fit.1.2`. */
export const baseName = (run: string): string => (run.includes('.') ? run.slice(0, run.indexOf('.')) : run);
