// Commands of pbook on jobs and files, and its sign-in: how they are called.
import { command, type PbookCommand } from './command.ts';
import { defaulting, id, required, text, truth } from './parameter.ts';

const getMetadata = {
  group: 'Jobs and files',
  summary: 'write what the good jobs of a task said about themselves',
  notes:
    'A payload says it in `userJobMetadata.json`. The file is a JSON object with an entry for each job, by its id.',
  examples: ["get_user_job_metadata(40000002, 'output.json')"],
  parameters: {
    taskID: required(id, 'id of a task'),
    outputFileName: required(text, 'the file; `-`: print it'),
  },
} as const;

const setDebug = {
  group: 'Jobs and files',
  summary: 'switch the debug output of a job on or off',
  notes: 'The server allows it to the production role, and for a few jobs at a time.',
  examples: ['debug(6000000001, True)'],
  parameters: {
    PandaID: required(id, 'id of a job'),
    modeOn: required(truth, '`True` switches it on, `False` off'),
  },
} as const;

export const jobCommands: readonly PbookCommand[] = [
  command({
    ...getMetadata,
    name: 'get_user_job_metadata',
    run: async (values, call) => (await import('./jobs.ts')).writeJobMetadata(values, call),
  }),
  command({
    ...getMetadata,
    name: 'getUserJobMetadata',
    isHidden: true,
    run: async (values, call) => (await import('./jobs.ts')).writeJobMetadata(values, call),
  }),
  command({
    name: 'recover_lost_files',
    group: 'Jobs and files',
    summary: 'have lost output files of a task made again',
    examples: ['recover_lost_files(40000002)', 'recover_lost_files(40000002, test_mode=True)'],
    parameters: {
      taskID: required(id, 'id of a task or a request'),
      test_mode: defaulting(truth, 'False', 'only find out which files are lost'),
    },
    run: async ({ taskID, test_mode }, call) =>
      (await import('./jobs.ts')).recoverFiles(taskID, test_mode, call),
  }),
  command({
    ...setDebug,
    name: 'debug',
    run: async ({ PandaID, modeOn }, call) => (await import('./jobs.ts')).setDebug(PandaID, modeOn, call),
  }),
  command({
    ...setDebug,
    name: 'set_debug_mode',
    isHidden: true,
    run: async ({ PandaID, modeOn }, call) => (await import('./jobs.ts')).setDebug(PandaID, modeOn, call),
  }),
];

export const signInCommand: PbookCommand = command({
  name: 'generate_credential',
  group: 'Signing in',
  summary: 'sign in to the PanDA server, as `pchain login` does',
  examples: ['generate_credential()'],
  parameters: {},
  run: async (_values, { options, host }) => (await import('../pchain/login.ts')).runLogin(options, host),
});
