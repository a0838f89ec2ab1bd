// A workflow of two steps in CWL: `top` makes three files with one number each, `bottom` reads them.

/** @param bottom what the second step runs, and its options */
export function smallChain(bottom: { readonly exec: string; readonly args: string }): string {
  return `cwlVersion: v1.0
class: Workflow
inputs: []
outputs:
  outDS:
    type: string
    outputSource: bottom/outDS
steps:
  top:
    run: prun
    in:
      opt_exec: {default: "echo %RNDM:10 > seed.txt"}
      opt_args: {default: "--outputs seed.txt --nJobs 3"}
    out: [outDS]
  bottom:
    run: prun
    in:
      opt_inDS: top/outDS
      opt_exec: {default: "${bottom.exec}"}
      opt_args: {default: "${bottom.args}"}
    out: [outDS]
`;
}

/** The second step joins the files into `results.txt`. */
export const joiningChain = smallChain({
  exec: "cat $(echo %IN | tr , ' ') > results.txt",
  args: '--outputs results.txt',
});
