// The commands for secrets that pbook has always had, which speak to PanDA alone: how they are called.
import { command, type PbookCommand } from './command.ts';
import { defaulting, optional, required, text, truth } from './parameter.ts';

export const secretVerbs: readonly PbookCommand[] = [
  command({
    name: 'set_secret',
    group: 'Secrets',
    summary: 'send a secret to PanDA',
    notes:
      'Without a value it is asked for, and not shown: a value on a command line can be read by other users of this machine.',
    examples: [
      "set_secret('KEY')",
      "set_secret('KEY', 'VALUE')",
      "set_secret('KEY', 'key.pem', is_file=True)",
    ],
    mayHoldSecret: true,
    parameters: {
      key: required(text, 'the name of a secret'),
      value: optional(text, 'its value'),
      is_file: defaulting(truth, 'False', 'the value is the path of a file'),
    },
    run: async (values, call) => (await import('./classic-secrets.ts')).setClassicSecret(values, call),
  }),
  command({
    name: 'list_secrets',
    group: 'Secrets',
    summary: 'show the secrets that PanDA keeps',
    examples: ['list_secrets()', 'list_secrets(full=True)'],
    flags: { yes: 'with full=True: show the values without asking' },
    parameters: { full: defaulting(truth, 'False', 'with their values') },
    run: async ({ full }, call) => (await import('./classic-secrets.ts')).listClassicSecrets(full, call),
  }),
  command({
    name: 'delete_secret',
    group: 'Secrets',
    summary: 'delete a secret from PanDA',
    examples: ["delete_secret('KEY')"],
    parameters: { key: required(text, 'the name of a secret') },
    run: async ({ key }, call) => (await import('./classic-secrets.ts')).deleteClassicSecret(key, call),
  }),
  command({
    name: 'delete_all_secrets',
    group: 'Secrets',
    summary: 'delete all secrets from PanDA',
    examples: ['delete_all_secrets()'],
    flags: { yes: 'do not ask' },
    parameters: {},
    run: async (_values, call) => (await import('./classic-secrets.ts')).deleteAllClassicSecrets(call),
  }),
];
