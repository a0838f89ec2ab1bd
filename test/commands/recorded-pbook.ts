// What our pbook makes of each command that was recorded with the official one: its exit code, what it says, and, where it asks
// the server otherwise, why.
export interface PbookReplay {
  readonly exitCode: number;
  /** Of both streams. */
  readonly says?: RegExp;
  /** Instead of the recorded ones. */
  readonly words?: readonly string[];
  readonly input?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Why its requests are others; then `requests` are what it asks. */
  readonly differs?: string;
  readonly requests?: readonly Asked[];
}

/** A request, and the answer to it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Parsed. */
  readonly body?: unknown;
  readonly answer: unknown;
}

const v1 = '/api/v1';
const secretsAnswer = {
  success: true,
  message: '',
  data: '{"MY_KEY": "s3cr3t-value", "___file___:MY_FILE": "aGk="}',
};
const readSecrets: Asked = { method: 'GET', path: `${v1}/creds/get_user_secrets`, answer: secretsAnswer };
const putSecret = (key: string | null, value: string | null): Asked => ({
  method: 'POST',
  path: `${v1}/creds/set_user_secrets`,
  body: { key, value },
  answer: { success: true, message: 'OK', data: null },
});
const workflowCommand = (name: string): Asked => ({
  method: 'POST',
  path: '/server/panda/execute_idds_workflow_command',
  body: { command_name: name, kwargs: { request_id: 3455 } },
  answer: [false, `server failed with 'ClientManager' object has no attribute '${name}'`],
});
const findRequest: Asked = {
  method: 'POST',
  path: '/server/panda/relay_idds_command',
  body: { command_name: 'get_requests', kwargs: { request_id: 3455 }, manager: 'True' },
  answer: [true, [{ request_id: 3455, name: 'user.alice.blah', status: 'Transforming' }]],
};
const tasks = (filters: unknown, ...data: readonly unknown[]): Asked => ({
  method: 'GET',
  path: `${v1}/task/get_tasks_detailed_info_since`,
  query: { n_tasks: '1000', filters: JSON.stringify(filters) },
  answer: { success: true, message: '', data },
});
const commanded = (name: string, id: number, more: object = {}): Asked => ({
  method: 'POST',
  path: `${v1}/task/${name}`,
  body: { task_id: id, ...more },
  answer: { success: true, message: `command=${name} is registered for task ID ${id}.`, data: 0 },
});
const running = {
  jediTaskID: 40000001,
  taskName: 'user.alice.blah_000_top/',
  reqID: 3455,
  status: 'running',
};

/** iDDS has these commands in the client only: the tasks are told instead. */
function byTasks(word: string, task: string, more: object = {}): PbookReplay {
  return {
    exitCode: 0,
    says: /told to 1 task/,
    differs: 'iDDS has no such command, so the tasks are told one by one',
    requests: [
      workflowCommand(word),
      findRequest,
      tasks({ reqID: '3455' }, running),
      commanded(task, 40000001, more),
    ],
  };
}

const table = /40000002.*user\.alice\.blah_001_bottom/;
const expired = /Token authentication failed\. Invalid token\. Signature has expired/;

export const replays: Readonly<Record<string, PbookReplay>> = {
  pbook_c_snippet: { exitCode: 0, says: table },
  pbook_debug_noprodrole: { exitCode: 4, says: /production or pilot role required/ },
  // The original reports the refusals of these as success, and the success as a failure.
  pbook_debug_prodrole_denied: { exitCode: 4, says: /Permission denied\. Not the owner/ },
  pbook_debug_prodrole_succeeded: { exitCode: 0, says: /job 6000000001: debug output is on/ },
  pbook_delete_all_secrets: {
    exitCode: 0,
    words: ['delete_all_secrets', '--yes'],
    says: /has forgotten 2 secrets/,
    differs: 'looks first what there is: it asks whether that is meant, and says how many they were',
    requests: [readSecrets, putSecret(null, null)],
  },
  pbook_delete_secret: {
    exitCode: 0,
    says: /PanDA has forgotten `MY_KEY`/,
    differs: 'looks first whether it is there: the server takes the name of any secret for done',
    requests: [readSecrets, putSecret('MY_KEY', null)],
  },
  pbook_delete_secret_file: {
    exitCode: 0,
    says: /PanDA has forgotten `MY_FILE`/,
    differs: 'the original deletes a value of this name, which there is not, and leaves the file',
    requests: [readSecrets, putSecret('___file___:MY_FILE', null)],
  },
  pbook_err_no_config_root: {
    exitCode: 0,
    says: /there is no such task/,
    differs: 'the original ends with a traceback; ours has a default place',
    requests: [{ ...tasks({}), query: { n_tasks: '1000' } }],
  },
  pbook_err_no_token_name: {
    exitCode: 0,
    says: /there is no such task/,
    differs: 'the name in the token is not needed: the server reads it by itself',
    requests: [{ ...tasks({}), query: { n_tasks: '1000' } }],
  },
  pbook_err_refused: { exitCode: 5, says: /refused/ },
  pbook_err_refused_kill: { exitCode: 5, says: /refused/ },
  pbook_err_secret_403: { exitCode: 4, says: expired },
  pbook_finish: { exitCode: 0, says: /task 40000001: command=finish is registered/ },
  pbook_finish_soft: { exitCode: 0, says: /task 40000001: command=finish is registered/ },
  pbook_finish_workflow: byTasks('finish', 'finish'),
  pbook_pause_workflow: byTasks('suspend', 'pause'),
  pbook_resume_workflow: byTasks('resume', 'resume'),
  pbook_getUserJobMetadata: { exitCode: 0, says: /metadata of 1 job: output\.json/ },
  pbook_get_user_job_metadata_none: { exitCode: 0, says: /no job of task 40000001 has left metadata/ },
  pbook_interactive: {
    exitCode: 2,
    input: 'show(40000002)\nhelp(kill)\n1+1\nnosuch()\n',
    says: /stop tasks and their jobs[^]*nothing is evaluated[^]*unknown command `nosuch`/,
  },
  pbook_kill: { exitCode: 0, says: /task 40000001: command=kill is registered/ },
  pbook_kill_all: { exitCode: 0, says: /task 40000001: command=kill is registered/ },
  pbook_kill_bad_arg: { exitCode: 2, says: /`taskIDs` must be the id of a task.*not `abc`/ },
  pbook_kill_err_403: { exitCode: 4, says: expired },
  pbook_kill_noarg: { exitCode: 2, says: /`taskIDs` is not given/ },
  pbook_kill_not_owner: { exitCode: 4, says: /not the task owner/ },
  pbook_kill_reqid_unknown: { exitCode: 2, says: /the server knows no tasks of request 9999/ },
  // The original ends with 0: the last of its threads decides.
  pbook_kill_thread_exit_code: {
    exitCode: 1,
    says: /task 40000003: Command rejected[^]*task 40000001: command=kill is registered/,
  },
  pbook_kill_workflow: { exitCode: 0, says: /request 3455: Command registered successfully/ },
  pbook_kill_workflow_idds_exception: { exitCode: 1, says: /request 3455: some iDDS error/ },
  pbook_kill_workflow_not_owner: { exitCode: 4, says: /request 3400 is not owned by Alice Example/ },
  pbook_kill_workflow_unknown: { exitCode: 2, says: /the server knows no request 99999/ },
  pbook_kill_wrong_state: { exitCode: 1, says: /not accepted if the task is in done status/ },
  pbook_list_secrets: { exitCode: 0, says: /^Key\tValue\nLONG\t\*{8}\nMY_FILE\t\*{8}\nMY_KEY\t\*{8}\n$/ },
  pbook_list_secrets_full: {
    exitCode: 0,
    words: ['list_secrets', 'full=True', '--yes'],
    says: /MY_KEY\ts3cr3t-value/,
  },
  pbook_list_secrets_none: { exitCode: 0, says: /PanDA keeps no secrets/ },
  pbook_pause_not_exposed: {
    exitCode: 0,
    says: /task 40000001: command=pause is registered/,
    differs: 'the original has the command inside, and no name for it',
    requests: [commanded('pause', 40000001)],
  },
  pbook_recover_lost_files: { exitCode: 0, says: /\.log\n[^]*The request was accepted/ },
  // The original has these two the wrong way round.
  pbook_reload_input: { exitCode: 0, says: /task 40000002: command=incexec is registered/ },
  pbook_reload_input_rejected: { exitCode: 1, says: /task 40000001: Command rejected/ },
  pbook_retry: { exitCode: 0, says: /task 40000002: command=retry is registered/ },
  pbook_retry_all: { exitCode: 0, says: /task 40000002: command=retry is registered/ },
  pbook_retry_bad_opt: { exitCode: 2, says: /`retry` has no parameter `fooBar`/ },
  pbook_retry_done: { exitCode: 1, says: /task 40000003: Command rejected/ },
  pbook_retry_newopts: { exitCode: 0, says: /reactivation accepted/ },
  pbook_retry_running: { exitCode: 0, says: /retry has been triggered for failed jobs/ },
  pbook_retry_workflow: { exitCode: 0, says: /request 3455: Command registered successfully/ },
  pbook_set_secret: { exitCode: 0, says: /PanDA keeps `MY_KEY`/ },
  pbook_set_secret_v: { exitCode: 0, says: /PanDA keeps `MY_KEY`/ },
  pbook_set_secret_True: {
    exitCode: 0,
    differs: 'the original ends with a traceback: it takes the text for a value of Python',
    requests: [putSecret('MY_KEY', 'True')],
  },
  pbook_set_secret_comma: {
    exitCode: 0,
    differs: 'the original sends a list, which the server refuses',
    requests: [putSecret('MY_KEY', 'a,b')],
  },
  pbook_set_secret_equals: {
    exitCode: 0,
    differs: 'the original ends with a traceback: it takes the text for two',
    requests: [putSecret('MY_KEY', 'abc==')],
  },
  pbook_set_secret_file: { exitCode: 0, files: { 'secret.txt': 'hello secret file\n' } },
  pbook_set_secret_missing_file: { exitCode: 3, says: /cannot read the file of the secret \(ENOENT\)/ },
  pbook_set_secret_toolong: {
    exitCode: 2,
    files: { 'big.txt': 'x'.repeat(900_000) },
    says: /too large for a secret/,
  },
  pbook_show: { exitCode: 0, says: table },
  pbook_show_err_403: { exitCode: 4, says: expired },
  pbook_show_id: { exitCode: 0, says: table },
  pbook_show_ids: { exitCode: 0, says: /40000001[^]*40000002/ },
  pbook_show_json: { exitCode: 0, says: /"taskName": "user\.alice\.blah_001_bottom\/"/ },
  pbook_show_long: { exitCode: 0, says: /8\|2\|10\tuser\.alice\.blah_001_bottom\// },
  pbook_show_none: { exitCode: 0, says: /there is no such task of the last 14 days/ },
  pbook_show_plain: { exitCode: 0, says: /jeditaskid {8}40000002/ },
  pbook_show_reqid: { exitCode: 0, says: table },
  pbook_show_run: { exitCode: 0, says: /40000001.*running/ },
  pbook_show_standard: { exitCode: 0, says: table },
  pbook_show_v: { exitCode: 0, says: table },
  pbook_show_workflow: { exitCode: 0, says: /3455\tworkflow:user\.alice\.blah\tTransforming/ },
  pbook_show_workflow_err_403: { exitCode: 4, says: expired },
  pbook_show_workflow_not_owner: { exitCode: 0, says: /3400\tworkflow:user\.bob\.blah\tFinished/ },
  pbook_show_workflow_unknown: { exitCode: 2, says: /the server knows no request 99999/ },
  pbook_showl: { exitCode: 0, says: /8\|2\|10\tuser\.alice\.blah_001_bottom\// },
  pbook_unknown_command: { exitCode: 2, says: /unknown command `frobnicate`/ },
  pbook_version: { exitCode: 0, says: /^1\.2\.3\n$/ },
};

/** Recordings that none of ours can be held against. */
export const withoutReplay: Readonly<Record<string, string>> = {
  pbook_generate_credential_with_env_token:
    'the original does nothing; ours signs in, which test/commands/sign-in.test.ts is about',
};
