// A workflow of one step in CWL: `top`.

/** @param exec what it runs
 *  @param args its options */
export function oneStep(exec: string, args: string): string {
  return `cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS: {type: string, outputSource: top/outDS}
steps:
  top:
    run: prun
    in:
      opt_exec: {default: ${JSON.stringify(exec)}}
      opt_args: {default: ${JSON.stringify(args)}}
    out: [outDS]
`;
}
