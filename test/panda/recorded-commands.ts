// What each recorded command is for our client: the call that asks the same, and what must come out of it.
import { jobId, requestId, taskId } from '../../src/base/names.ts';
import { Secret } from '../../src/base/secret.ts';
import type { PandaServer } from '../../src/panda/connection.ts';
import { readPandaSecrets, deletePandaSecret, setPandaSecret } from '../../src/panda/secrets.ts';
import {
  isAlive,
  jobMetadata,
  recoverLostFiles,
  reloadInput,
  setDebugMode,
  submitTask,
} from '../../src/panda/task-extras.ts';
import { commandTask, findTasks, retryTask, type TaskQuery } from '../../src/panda/tasks.ts';
import { commandWorkflow, type WorkflowCommand } from '../../src/panda/workflow-commands.ts';
import { recordedCommand } from './recorded.ts';

export type Expected =
  { readonly gives: unknown } | { readonly refused: string; readonly as: 'auth' | 'server' };

export interface ClientCommand {
  readonly transports: readonly ('curl' | 'native')[];
  readonly run: (server: PandaServer) => Promise<unknown>;
  readonly expected: Expected;
}

const both = ['curl', 'native'] as const;
const curl = ['curl'] as const;

function command(
  run: (server: PandaServer) => Promise<unknown>,
  gives: unknown,
  transports: ClientCommand['transports'] = both,
): ClientCommand {
  return { transports, run, expected: { gives } };
}

function refused(
  run: (server: PandaServer) => Promise<unknown>,
  message: string,
  as: 'auth' | 'server' = 'auth',
  transports: ClientCommand['transports'] = both,
): ClientCommand {
  return { transports, run, expected: { refused: message, as } };
}

const expired = 'Signature has expired';
const task = (number: number) => taskId(40_000_000 + number);
const registered = (name: string, number: number) => ({
  done: true,
  message: `command=${name} is registered for task ID ${40_000_000 + number}. will be executed in a few minutes`,
});
const rejected = (name: string, status: string) => ({
  done: false,
  message: `Command rejected: the ${name} command is not accepted if the task is in ${status} status`,
});
const kill = (number: number) => (server: PandaServer) => commandTask(server, task(number), 'kill');
const retry =
  (number: number, changes = {}) =>
  (server: PandaServer) =>
    retryTask(server, task(number), changes);
const workflow =
  (name: WorkflowCommand, id = 3455) =>
  (server: PandaServer) =>
    commandWorkflow(server, requestId(id), name).then((outcome) => ({ outcome }));
const tasks = (query: TaskQuery) => (server: PandaServer) =>
  findTasks(server, query).then((found) => ({ found }));
const sinceMs = Date.UTC(2026, 10, 6);
/** Submits what the recording submitted; the requests before that are those of the sandbox, which has tests of its own. */
const submit = (name: string) => (server: PandaServer) => {
  const request = recordedCommand(name).requests.find(({ path }) => path.endsWith('/task/submit'));
  const { task_parameters: parameters } = request?.body.json as { task_parameters: Record<string, unknown> };
  return submitTask(server, parameters).then((id) => ({ id }));
};
const newTask = { id: 50_000_001 };
const found = (...ids: number[]) => ({ found: ids.map((id) => ({ taskId: 40_000_000 + id })) });
const byId = (id: number) => ({ filters: { jediTaskID: String(40_000_000 + id) }, sinceMs });
const oneAfterTheOther = async (queries: readonly TaskQuery[], server: PandaServer) => {
  const answers = [];
  for (const query of queries) answers.push(...(await findTasks(server, query)));
  return { found: answers };
};
const debug = (server: PandaServer) => setDebugMode(server, jobId(6_000_000_001), true);
const secret = (value: string) => (server: PandaServer) =>
  setPandaSecret(server, { name: 'MY_KEY', kind: 'value' }, new Secret(value)).then(() => ({}));
const active = ['running', 'submitting', 'registered', 'ready'];
const workflowDone = { outcome: { done: true, message: 'Command registered successfully' } };
const lacking = { outcome: undefined };

export const clientCommands: Readonly<Record<string, ClientCommand>> = {
  pbook_c_snippet: command(tasks(byId(2)), found(2), curl),
  pbook_debug_noprodrole: refused(debug, 'production or pilot role required'),
  pbook_debug_prodrole_denied: refused(debug, 'Permission denied. Not the owner', 'auth', curl),
  pbook_debug_prodrole_succeeded: command(debug, { done: true, message: 'Succeeded' }, curl),
  pbook_delete_secret: command(
    (server) => deletePandaSecret(server, { name: 'MY_KEY', kind: 'value' }).then(() => ({})),
    {},
  ),
  pbook_err_secret_403: refused(
    (server) => setPandaSecret(server, { name: 'K', kind: 'value' }, new Secret('V')),
    expired,
  ),
  pbook_finish: command((server) => commandTask(server, task(1), 'finish'), registered('finish', 1)),
  pbook_finish_soft: command(
    (server) => commandTask(server, task(1), 'finish-soft'),
    registered('finish', 1),
  ),
  pbook_finish_workflow: command(workflow('finish'), lacking),
  pbook_pause_workflow: command(workflow('suspend'), lacking),
  pbook_resume_workflow: command(workflow('resume'), lacking),
  pbook_getUserJobMetadata: command((server) => jobMetadata(server, task(2)), {
    '6000000001': { user_key: 'value', n: 3 },
  }),
  pbook_get_user_job_metadata_none: command((server) => jobMetadata(server, task(1)), {}, curl),
  pbook_interactive: command(tasks(byId(2)), found(2), curl),
  pbook_kill: command(kill(1), registered('kill', 1)),
  pbook_kill_all: command(
    async (server) => {
      const running = await oneAfterTheOther(
        active.map((superStatus) => ({ filters: { superStatus } })),
        server,
      );
      return { ...running, outcome: await kill(1)(server) };
    },
    { ...found(1), outcome: registered('kill', 1) },
    curl,
  ),
  pbook_kill_err_403: refused(kill(1), expired),
  pbook_kill_not_owner: refused(kill(4), 'not the task owner'),
  pbook_kill_reqid_unknown: command(tasks({ filters: { reqID: '9999' } }), found(), curl),
  pbook_kill_thread_exit_code: command(
    async (server) => ({ third: await kill(3)(server), first: await kill(1)(server) }),
    { third: rejected('kill', 'done'), first: registered('kill', 1) },
    curl,
  ),
  pbook_kill_wrong_state: command(kill(3), rejected('kill', 'done'), curl),
  pbook_kill_workflow: command(workflow('abort'), workflowDone),
  pbook_kill_workflow_idds_exception: command(
    workflow('abort'),
    { outcome: { done: false, message: 'some iDDS error' } },
    curl,
  ),
  pbook_kill_workflow_not_owner: refused(
    workflow('abort', 3400),
    'is not owned by Alice Example',
    'auth',
    curl,
  ),
  pbook_list_secrets: command(
    (server) => readPandaSecrets(server).then((secrets) => ({ n: secrets.length })),
    { n: 3 },
  ),
  pbook_list_secrets_full: command(
    (server) => readPandaSecrets(server).then((secrets) => ({ n: secrets.length })),
    { n: 3 },
  ),
  pbook_list_secrets_none: command(
    (server) => readPandaSecrets(server).then((secrets) => ({ n: secrets.length })),
    { n: 0 },
    curl,
  ),
  pbook_recover_lost_files: command((server) => recoverLostFiles(server, task(2), false), {
    message: 'The request was accepted and will be processed in a few minutes',
  }),
  pbook_reload_input: command((server) => reloadInput(server, task(2)), registered('incexec', 2)),
  pbook_reload_input_rejected: command(
    (server) => reloadInput(server, task(1)),
    rejected('incexec', 'running'),
    curl,
  ),
  pbook_retry: command(retry(2), registered('retry', 2)),
  pbook_retry_all: command(
    async (server) => {
      await findTasks(server, { sinceMs, filters: { status: 'finished' } });
      return retry(2)(server);
    },
    registered('retry', 2),
    curl,
  ),
  pbook_retry_done: command(retry(3), rejected('retry', 'done'), curl),
  pbook_retry_newopts: command(retry(2, { nFilesPerJob: 10, excludedSite: ['ABC', 'XYZ'], ramCount: 4000 }), {
    done: true,
  }),
  pbook_retry_running: command(
    retry(1),
    { done: true, message: 'retry has been triggered for failed jobs while the task is still running' },
    curl,
  ),
  pbook_retry_workflow: command(workflow('retry'), workflowDone),
  pbook_set_secret: command(secret('s3cr3t-value'), {}),
  pbook_set_secret_v: command(secret('s3cr3t-value'), {}),
  pbook_set_secret_file: command(
    (server) =>
      setPandaSecret(server, { name: 'MY_FILE', kind: 'file' }, new Secret('aGVsbG8gc2VjcmV0IGZpbGUK')).then(
        () => ({}),
      ),
    {},
  ),
  pbook_show: command(tasks({ sinceMs }), found(1, 2, 3), curl),
  pbook_show_err_403: refused(tasks({ sinceMs }), expired),
  pbook_show_id: command(tasks(byId(2)), found(2)),
  pbook_show_ids: command((server) => oneAfterTheOther([byId(1), byId(2)], server), found(1, 2), curl),
  pbook_show_json: command(tasks({ sinceMs }), found(1, 2, 3)),
  pbook_show_long: command(tasks({ sinceMs }), found(1, 2, 3)),
  pbook_show_none: command(tasks({ sinceMs, filters: { taskName: 'nosuch' } }), found(), curl),
  pbook_show_plain: command(tasks({ sinceMs }), found(1, 2, 3)),
  pbook_show_reqid: command(tasks({ sinceMs, filters: { reqID: '1001' } }), found(1, 2), curl),
  pbook_show_run: command(
    (server) =>
      oneAfterTheOther(
        active.map((superStatus) => ({ sinceMs, filters: { superStatus } })),
        server,
      ),
    found(1),
    curl,
  ),
  pbook_show_standard: command(tasks({ sinceMs }), found(1, 2, 3)),
  pbook_show_v: command(tasks(byId(2)), found(2), curl),
  pbook_showl: command(tasks({ sinceMs }), found(1, 2, 3)),
  prun_build: command(submit('prun_build.curl'), newTask, curl),
  prun_container: command(submit('prun_container.curl'), newTask, curl),
  prun_container_outputs: command(submit('prun_container_outputs.curl'), newTask, curl),
  prun_nobuild_probe: command(submit('prun_nobuild_probe.curl'), newTask, curl),
  prun_err_403: refused(submit('prun_err_403.curl'), 'Token authentication failed', 'auth', curl),
  prun_err_duplicate: refused(
    submit('prun_err_duplicate.curl'),
    'is already queued for outDS',
    'server',
    curl,
  ),
  security_prun_filename_injection: command(submit('security_prun_filename_injection.curl'), newTask, curl),
  py_hello: command((server) => isAlive(server).then((alive) => ({ alive })), { alive: true }),
  // Code in the place of an answer is text that is no JSON.
  security_eval_get: refused(tasks({ sinceMs }), 'did not answer with JSON', 'server', curl),
};
