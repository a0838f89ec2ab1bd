// What PanDA's numbers for failed jobs mean, in words, and what helps. Texts are our own; the numbers are those of PanDA's pilot
// (pilot3 `common/errorcodes.py`) and of panda-server (`taskbuffer/ErrorCode.py`, the watcher of `jobdispatcher`).

export interface ErrorMeaning {
  readonly words: string;
  /** What usually helps; `undefined` where nothing can be said for sure. */
  readonly hint?: string;
}

/** Who noticed the failure; each counts its codes by itself. */
export type ErrorSource = 'pilot' | 'transformation' | 'dispatcher' | 'server';

const memory = 'ask for more memory: `--memory <MB>`, or `opt_args: "… --memory <MB>"` in a workflow';
const again = 'a matter of the site, not of your files; retry the task';
const outputs = 'compare `--outputs` with the names of the files that the payload really writes';

/** The pilot: the program that runs a job on a worker node. */
const pilot: ReadonlyMap<number, ErrorMeaning> = new Map([
  [1008, { words: 'the pilot failed and gave no better reason' }],
  [1098, { words: 'the disk of the worker node is full', hint: again }],
  [1099, { words: 'an input file could not be brought to the worker node', hint: again }],
  [1100, { words: 'no replica of an input file was found' }],
  [1103, { words: 'a file or directory that the job needs does not exist' }],
  [
    1104,
    {
      words: 'the working directory of the job grew too large',
      hint: 'remove temporary files in the payload, or give each job fewer files',
    },
  ],
  [
    1106,
    { words: 'the payload printed too much', hint: 'print less, or send it into a file that is an output' },
  ],
  [1110, { words: 'the environment of the payload could not be set up' }],
  [1124, { words: 'an output file is larger than allowed', hint: 'give each job fewer files' }],
  [1137, { words: 'an output file could not be stored', hint: again }],
  [1141, { words: 'the checksum of a stored output file is wrong', hint: again }],
  [1144, { words: 'the job was killed by the PanDA server, most often because the task was ended' }],
  [1145, { words: 'the checksum of an input file is wrong', hint: again }],
  [1149, { words: 'the program that starts the payload could not be downloaded', hint: again }],
  [
    1150,
    {
      words: 'the job wrote nothing for hours and was taken for one that hangs',
      hint: 'make the payload print or write now and then, or submit with `--noLoopingCheck`',
    },
  ],
  [1151, { words: 'bringing the input files took too long', hint: again }],
  [1152, { words: 'storing the output files took too long', hint: again }],
  [1163, { words: 'there is no valid grid proxy at the site', hint: again }],
  [1165, { words: 'the payload did not make an output file that was asked for', hint: outputs }],
  [
    1168,
    {
      words: 'the input files of one job are too large together',
      hint: 'give each job fewer files: `--nFilesPerJob`',
    },
  ],
  [1171, { words: 'the checksum of an input file is wrong', hint: again }],
  [1172, { words: 'the checksum of a stored output file is wrong', hint: again }],
  [1177, { words: 'there is no valid VOMS proxy at the site', hint: again }],
  [1186, { words: 'the software is not installed at the site', hint: again }],
  [1187, { words: 'the payload left no report about itself' }],
  [1190, { words: 'the name of an output file is longer than 255 characters', hint: 'shorten `--outDS`' }],
  [1191, { words: 'a file is empty that may not be empty' }],
  [1199, { words: 'a directory could not be made at the site', hint: again }],
  [1200, { words: 'the job was ended by a signal' }],
  [
    1201,
    {
      words: 'the job was ended by the batch system (SIGTERM), for its time, its memory, or a shutdown',
      hint: 'give each job less to do, or retry the task',
    },
  ],
  [1202, { words: 'the job was ended by SIGQUIT' }],
  [1203, { words: 'the job was ended by a memory fault (SIGSEGV)' }],
  [1204, { words: 'the job used more CPU time than allowed (SIGXCPU)', hint: 'give each job less to do' }],
  [1205, { words: 'the job was killed by the user' }],
  [1206, { words: 'the job was ended by SIGBUS' }],
  [1212, { words: 'the payload ran out of memory', hint: memory }],
  [1213, { words: 'the time limit of the batch system was reached', hint: 'give each job less to do' }],
  [1220, { words: 'the payload failed for a reason that nobody noted; its log tells more' }],
  [1221, { words: 'an output file exists already at the storage' }],
  [1223, { words: 'the payload could not get memory (bad_alloc)', hint: memory }],
  [1235, { words: 'the payload used more memory than allowed', hint: memory }],
  [1236, { words: 'the server declared the job failed' }],
  [
    1246,
    {
      words: 'the sandbox could not be downloaded from the PanDA server',
      hint: 'sandboxes are kept for some weeks only; submit the task again',
    },
  ],
  [1305, { words: 'the payload ended with an error', hint: 'see its log for what it printed' }],
  [1306, { words: 'the container could not be started' }],
  [1307, { words: 'the container could not be started: the node has no loop devices left', hint: again }],
  [1308, { words: 'the container could not be started: a directory could not be mounted' }],
  [1309, { words: 'the image of the container could not be mounted' }],
  [1316, { words: 'Rucio did not answer', hint: again }],
  [1318, { words: 'the pilot could not reach the PanDA server', hint: again }],
  [1322, { words: 'Rucio could not list the replicas of an input file', hint: again }],
  [1324, { words: 'a service that the job needs did not answer', hint: again }],
  [1325, { words: 'containers are not installed at the site', hint: again }],
  [1326, { words: 'no usable replica of an input file was found' }],
  [1327, { words: 'the network of the site failed while input was brought', hint: again }],
  [1328, { words: 'the payload crashed with a memory fault (SIGSEGV)' }],
  [
    1331,
    {
      words: 'an input file is missing at its storage',
      hint: 'ask for the file to be recovered, or submit with `--ignoreMissingInDS`',
    },
  ],
  [1332, { words: 'the file system of the worker node is broken', hint: again }],
  [1333, { words: 'the storage for the outputs is full', hint: again }],
  [1334, { words: 'the environment of the payload could not be set up' }],
  [
    1335,
    {
      words: 'the sandbox is not on the PanDA server any more',
      hint: 'submit the task again, or retry it with `--useNewCode`',
    },
  ],
  [1338, { words: 'the storage refused to give an input file: not authorised', hint: again }],
  [1340, { words: 'the site does not let containers start', hint: again }],
  [1343, { words: 'the report of the payload names no output', hint: outputs }],
  [1344, { words: 'the node was out of resources', hint: again }],
  [1345, { words: 'the site does not let containers start', hint: again }],
  [1346, { words: 'the program that starts the payload was not found' }],
  [1348, { words: 'the container could not be started: the node was out of resources', hint: again }],
  [1350, { words: 'an output file is empty' }],
  [1355, { words: 'the payload crashed and left a core dump' }],
  [1356, { words: 'the command before the payload failed' }],
  [1357, { words: 'the command after the payload failed' }],
  [
    1360,
    {
      words: 'the image of the container was not found',
      hint: 'check the name: `docker run <image>` must find it',
    },
  ],
  [1361, { words: 'an input file could not be opened at its storage', hint: again }],
  [1362, { words: 'an input file could not be copied from its storage', hint: again }],
  [1367, { words: 'a command of the pilot took too long', hint: again }],
  [1368, { words: 'opening an input file at its storage took too long', hint: again }],
  [1371, { words: 'the name of an output file has characters that are not allowed', hint: outputs }],
  [1372, { words: 'containers are not installed at the site', hint: again }],
  [1373, { words: 'a certificate has expired' }],
  [1377, { words: 'the software area (CVMFS) of the site does not answer', hint: again }],
  [1379, { words: 'the node was taken away for other work', hint: again }],
  [1383, { words: 'the storage refused to take an output file: not authorised', hint: again }],
  [1384, { words: 'the site is not set up for containers', hint: again }],
]);

/** The server's own bookkeeping of jobs. */
const server: ReadonlyMap<number, ErrorMeaning> = new Map([
  [100, { words: 'the job was killed' }],
  [101, { words: 'moving its output files took too long', hint: again }],
  [102, { words: 'the job waited or ran for too long and expired' }],
  [103, { words: 'the job was ended with its task' }],
  [105, { words: 'the job was sent to another site' }],
  [106, { words: 'the server tried the job again as another one' }],
  [107, { words: 'the pilot tried the job again as another one' }],
  [110, { words: 'an input file was lost' }],
  [113, { words: 'merging its outputs failed' }],
]);

/** The watcher of running jobs. */
const dispatcher: ReadonlyMap<number, ErrorMeaning> = new Map([
  [
    100,
    {
      words:
        'nothing was heard of the job for hours: the node or its network died, or it was killed for its memory',
      hint: again,
    },
  ],
]);

/** What a code means; `undefined` for one that is not known here. */
export function errorMeaning(source: ErrorSource, code: number): ErrorMeaning | undefined {
  const table = { pilot, server, dispatcher, transformation: undefined }[source];
  return table?.get(code);
}
