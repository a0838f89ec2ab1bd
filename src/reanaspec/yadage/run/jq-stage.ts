// The stages whose steps are made by jq programs. Results reach the programs as pointers, so that a step depends on what it uses.
import { isList, PythonFloat, pythonText, toPythonValue, type PythonValue } from '../../python-value.ts';
import type { JqStage } from '../model.ts';
import { YadageFault } from './fault.ts';
import { findByPointer, pointersInto } from './json-pointer.ts';
import type { EvaluateJq } from './ports.ts';
import { Scope, type YadageNode } from './scope.ts';
import { membersOf } from './texts.ts';
import { tracked, type Tracked } from './tracked.ts';

/** The values of each step, in which every pointer is the value it points to.
 *  @throws YadageFault when a program gives something else than it must */
export function jqParameterSets(scheduler: JqStage, scope: Scope, jq: EvaluateJq): readonly Tracked[] {
  const nodes = new Map<string, YadageNode>();
  const bindings = scheduler.bindings === undefined ? {} : toPythonValue(scheduler.bindings);
  const bound = replaced(bindings, '$wflowref', (members) => {
    const [selector, program] = listOf(members['$wflowref']);
    const chosen = jq(pythonText(selector ?? null), stagesAsJson(scope, nodes));
    return replaced([...chosen], '_nodeid', (place) => {
      const node = nodes.get(pythonText(place['_nodeid'] ?? null));
      if (node?.result === undefined) throw new YadageFault('a `$wflowref` names a step without a result');
      return [...jq(pythonText(program ?? null), pointersInto(node.result, node.key))];
    });
  });
  const [sets] = jq(scheduler.stepScript.text, bound);
  return listOf(sets ?? null).map((set) => resolved(set, nodes));
}

function resolved(value: PythonValue, nodes: ReadonlyMap<string, YadageNode>): Tracked {
  if (isList(value)) return { kind: 'list', items: value.map((member) => resolved(member, nodes)) };
  const members = membersOf(value);
  const pointer = members['$wflowpointer'];
  if (pointer !== undefined) {
    const { step, result } = membersOf(pointer);
    const node = nodes.get(pythonText(step ?? null));
    if (node?.result === undefined) throw new YadageFault('a `$wflowpointer` names a step without a result');
    return tracked(findByPointer(node.result, pythonText(result ?? null)), node);
  }
  if (value instanceof PythonFloat || typeof value !== 'object' || value === null) return tracked(value);
  const inside: Record<string, Tracked> = {};
  for (const [key, member] of Object.entries(members)) inside[key] = resolved(member, nodes);
  return { kind: 'object', members: inside };
}

/** `{stage: [{_nodeid: …}, {nested workflow}]}`: what the selectors are written for. */
function stagesAsJson(scope: Scope, nodes: Map<string, YadageNode>): PythonValue {
  return Object.fromEntries(
    Object.entries(scope.stages).map(([stage, places]) => [
      stage,
      places.map((place): PythonValue => {
        if (place instanceof Scope) return stagesAsJson(place, nodes);
        nodes.set(place.key, place);
        return { _nodeid: place.key };
      }),
    ]),
  );
}

/** Replaces the objects that have a key, wherever they are. */
function replaced(
  value: PythonValue,
  key: string,
  change: (members: Readonly<Record<string, PythonValue>>) => PythonValue,
): PythonValue {
  if (isList(value)) return value.map((member) => replaced(member, key, change));
  if (value instanceof PythonFloat || typeof value !== 'object' || value === null) return value;
  const members = membersOf(value);
  if (Object.hasOwn(members, key)) return change(members);
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, replaced(member, key, change)]),
  );
}

function listOf(value: PythonValue | undefined): readonly PythonValue[] {
  if (value !== undefined && isList(value)) return value;
  throw new YadageFault('a jq stage needs a list where its program gives something else');
}
