// Commands of pbook on whole workflows: how they are called.
import { command, type PbookCommand } from './command.ts';
import { ids, required } from './parameter.ts';

const request_id = required(ids(), 'id of a request, several with commas between');

/** How iDDS calls each, and what is told to the tasks where a server's iDDS does not have it. */
const verbs = [
  ['kill_workflow', 'abort', 'kill', 'stop workflows'],
  ['finish_workflow', 'finish', 'finish', 'end workflows with what they have so far'],
  ['pause_workflow', 'suspend', 'pause', 'start no more jobs of workflows until they are resumed'],
  ['resume_workflow', 'resume', 'resume', 'go on with paused workflows'],
] as const;

export const workflowVerbs: readonly PbookCommand[] = [
  command({
    name: 'show_workflow',
    group: 'Workflows',
    summary: 'show how far workflows are as a whole; show(ID) shows their tasks',
    examples: ['show_workflow(123)'],
    flags: { json: 'print JSON (schema: schemas/workflows.schema.json)' },
    parameters: { request_id },
    run: async (values, call) => (await import('./workflows.ts')).showWorkflows(values.request_id, call),
  }),
  ...verbs.map(([name, word, verb, summary]) =>
    command({
      name,
      group: 'Workflows',
      summary,
      examples: [`${name}(123)`],
      parameters: { request_id },
      run: async (values, call) =>
        (await import('./workflows.ts')).commandWorkflows(word, verb, values.request_id, call),
    }),
  ),
  command({
    name: 'retry_workflow',
    group: 'Workflows',
    summary: 'run what failed in workflows again',
    examples: ['retry_workflow(123)'],
    parameters: { request_id },
    run: async (values, call) => (await import('./workflows.ts')).retryWorkflows(values.request_id, call),
  }),
];
