// Names in PanDA's native workflows: every workflow counts its own steps from 1, and what lies inside of a step carries its
// number. Source: panda-server `workflow_native_utils.resolve_nodes`.
//
//   user.alice.x_002_fit            the second step
//   user.alice.x_002_001_make       the first step of the sub-workflow that it is
//   user.alice.x_002s3_001_make     the same in its third copy, when it is scattered

/** What the data of a step are called; of a sub-workflow, the container that bundles them. */
export function nativeBase(prefix: string, member: number, name: string): string {
  return `${numbered(prefix, member)}_${name}`;
}

/** What the names of the steps of a sub-workflow begin with.
 *  @param copy counts the copies of a scattered step from 0; `undefined` for one that is not scattered */
export function nativePrefix(prefix: string, member: number, copy: number | undefined): string {
  return `${numbered(prefix, member)}${copy === undefined ? '' : `s${copy + 1}`}`;
}

function numbered(prefix: string, member: number): string {
  return `${prefix}_${String(member).padStart(3, '0')}`;
}
