// JavaScript of CWL in the sandbox.
import type { EvaluateJavaScript } from '../../cwl/execution/ports.ts';
import type { Value } from '../../workflow/model.ts';
import type { Sandbox } from './sandbox.ts';

export function javaScriptIn(sandbox: Sandbox): EvaluateJavaScript {
  return (scripts, expression, names) => {
    const declarations = Object.entries(names).map(([name, value]) => `var ${name} = ${scriptJson(value)};`);
    const answer = `(function () { var value = ${expression}; return JSON.stringify(value === undefined ? null : value); })()`;
    return sandbox.ask({
      language: 'javascript',
      scripts: [declarations.join('\n'), ...scripts, answer],
    }) as Value;
  };
}

/** JSON as JavaScript of before 2019 reads it, too. */
function scriptJson(value: Value): string {
  return JSON.stringify(value)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}
