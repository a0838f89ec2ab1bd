// The words that Snakemake knows. @see Snakemake's grammar, versions 7 to 9

/** What a rule may have one of: what it does. */
export const actions: readonly string[] = [
  'run',
  'shell',
  'script',
  'notebook',
  'wrapper',
  'template_engine',
  'cwl',
];

/** What may stand in a rule. */
export const ruleDirectives: readonly string[] = [
  ...actions,
  'input',
  'output',
  'params',
  'threads',
  'resources',
  'priority',
  'version',
  'log',
  'message',
  'benchmark',
  'conda',
  'singularity',
  'container',
  'containerized',
  'envmodules',
  'group',
  'cache',
  'handover',
  'shadow',
  'default_target',
  'retries',
  'localrule',
  'name',
  'wildcard_constraints',
  'pathvars',
];

/** What may stand at the top, beside rules. */
export const topDirectives: readonly string[] = [
  'include',
  'configfile',
  'workdir',
  'localrules',
  'ruleorder',
  'container',
  'containerized',
  'singularity',
  'wildcard_constraints',
  'report',
  'envvars',
  'pepfile',
  'pepschema',
  'scattergather',
  'resource_scopes',
  'storage',
  'onstart',
  'onsuccess',
  'onerror',
  'inputflags',
  'outputflags',
  'pathvars',
];

/** What begins a block of Snakemake that has a name. */
export const blocks: readonly string[] = ['rule', 'checkpoint', 'subworkflow', 'module', 'use'];

/** What begins a block of Python, with a name behind it. */
export const pythonBlocks: readonly string[] = [
  ...['if', 'elif', 'while', 'for', 'with', 'except', 'class', 'def', 'match', 'case', 'async', 'lambda'],
  ...['not', 'return', 'yield', 'raise', 'assert', 'del', 'await', 'global', 'nonlocal', 'import', 'from'],
];

/** Names that have a value everywhere in a Snakefile, as far as they make sense in a directive. */
export const knownNames: ReadonlySet<string> = new Set([
  ...['True', 'False', 'None', 'str', 'int', 'float', 'list', 'dict', 'set', 'len', 'open', 'os', 'sys'],
  ...['config', 'rules', 'checkpoints', 'workflow', 'scattergather', 'gather', 'scatter', 'pep', 'storage'],
]);
