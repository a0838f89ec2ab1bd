// Tokens that could not be sent.
import type { CheckedSecret, SecretFault } from './fault.ts';

const tokenNames = ['REANA_ACCESS_TOKEN', 'PANDA_AUTH_ID_TOKEN', 'OIDC_AUTH_ID_TOKEN'];

export function tokenFaults({ name, value }: CheckedSecret): readonly SecretFault[] {
  if (!tokenNames.includes(name)) return [];
  const text = value.reveal();
  const message =
    text.trim() === ''
      ? 'the token is empty'
      : /[\r\n]/.test(text.trim())
        ? 'the token has several lines, and a token is one'
        : !/^[\x21-\x7e]+$/.test(text)
          ? 'the token has spaces or other characters that no token has'
          : undefined;
  if (message === undefined) return [];
  return [
    { code: 'secrets/bad-token', severity: 'error', name, message, help: 'copy it again, and nothing else' },
  ];
}
