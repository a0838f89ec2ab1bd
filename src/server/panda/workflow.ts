// API v1 `workflow`: how `pchain_native` submits; the same as a legacy request, with the data as an object.
import { object, required } from './arguments.ts';
import { method, type Method } from './method.ts';
import { failed, succeeded } from './outcome.ts';
import { readFieldsOfData } from './workflow-data.ts';
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
};
