// Types that a document gives names to: what stands under `types` of a SchemaDefRequirement.
import { entryOf, textOf, type TreeNode } from '../../source/tree.ts';
import { readType, type ReportTypeFault, type TypeNames } from './read.ts';
import { unknownType, type CwlType } from './type.ts';

/** Names for a list of types. They may refer to each other in any order; a record inside itself has the unknown type
 *  there, as no value of it could be written down.
 *  A reference is looked up by what follows its `#`: `#sample`, `types.yml#sample` and `sample` are the same here.
 *  @param nodes the items of `types`, imports read in; what is no map with a `name` is passed over */
export function namedTypes(nodes: readonly TreeNode[], report?: ReportTypeFault): TypeNames {
  const definitions = new Map<string, TreeNode>();
  for (const node of nodes) {
    const name = node.kind === 'map' ? textOf(entryOf(node, 'name')?.value) : undefined;
    if (name !== undefined && !definitions.has(fragment(name))) definitions.set(fragment(name), node);
  }
  const types = new Map<string, CwlType>();
  const names: TypeNames = (reference) => {
    const name = fragment(reference);
    const known = types.get(name);
    if (known !== undefined) return known;
    const definition = definitions.get(name);
    if (definition === undefined) return undefined;
    // What asks for itself while it is read finds this.
    types.set(name, unknownType);
    const type = readType(definition, names, report) ?? unknownType;
    types.set(name, type);
    return type;
  };
  return names;
}

function fragment(name: string): string {
  return name.slice(name.lastIndexOf('#') + 1);
}
