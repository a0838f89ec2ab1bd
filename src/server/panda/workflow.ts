// API v1 `workflow`: how `pchain_native` submits, the same as a legacy request with the data as an object; and how far a workflow is.
import { integer, object, required } from './arguments.ts';
import { method, type Method } from './method.ts';
import { failed, succeeded } from './outcome.ts';
import { readFieldsOfData } from './workflow-data.ts';
import { workflowDetails } from './workflow-details.ts';
import { answerWorkflow } from './workflow-request.ts';

export const workflowMethods: Readonly<Record<string, Method>> = {
  submit_workflow_raw_request: method('POST', { params: required(object) }, async ({ params }, parts) => {
    const read = readFieldsOfData(params);
    if (!read.ok) return failed(read.message);
    const answer = await answerWorkflow(read.data, 'sync', parts);
    return answer.request_id === null
      ? failed(`Failed to submit raw workflow request\n${answer.log}`)
      : succeeded({ workflow_id: answer.request_id });
  }),
  get_workflow_details: method('GET', { workflow_id: required(integer) }, ({ workflow_id }, { engine }) => {
    const request = engine.requests().find(({ id }) => id === workflow_id);
    if (request === undefined) return failed(`workflow_id=${workflow_id} is not found`);
    const tasks = engine.tasks(request.id);
    return succeeded(workflowDetails(request, tasks, engine.datasets(request.id)));
  }),
};
