// Credentials as a person reads them.
import type { Credential } from '../identity/credential.ts';
import { until } from './moments.ts';
import type { View } from './terminal.ts';

const services = { panda: 'PanDA', reana: 'REANA' } as const;

/** One block for a credential, as lines. */
export function renderCredential(credential: Credential, nowMs: number, view: View): readonly string[] {
  const { style } = view;
  const line = (title: string, value: string): string => `  ${title.padEnd(9)}${value}`;
  const where = credential.server === 'local' ? 'on this machine' : `at ${credential.server}`;
  const lines = [`${style.strong(services[credential.service])} ${where}`];
  if (credential.user !== undefined) {
    const { nickname } = credential;
    lines.push(line('who', nickname === undefined ? credential.user : `${credential.user} (${nickname})`));
  }
  if (credential.groups.length > 0) lines.push(line('groups', credential.groups.join(', ')));
  if (credential.from !== undefined) lines.push(line('from', credential.from));
  if (credential.kind === 'none') lines.push(line('sign-in', 'none is needed'));
  else if (credential.from !== undefined) lines.push(line('ends', endOf(credential, nowMs)));
  for (const [problem, word] of problemsOf(credential)) {
    const paint = word === 'error' ? style.error : style.warning;
    lines.push(line(word, paint(problem.message)));
    for (const hint of problem.hint?.split('\n') ?? []) lines.push(line('', style.hint(hint)));
  }
  return lines;
}

function problemsOf(credential: Credential): [NonNullable<Credential['problem']>, 'error' | 'warning'][] {
  const { problem, warnings } = credential;
  const all = warnings.map((warning): [typeof warning, 'warning'] => [warning, 'warning']);
  return problem === undefined ? all : [[problem, 'error'], ...all];
}

/** `in 54 min 10 s (…), renewed by itself`. */
export function endOf(credential: Credential, nowMs: number): string {
  const end = until(credential.expiresMs, nowMs);
  const { renewableUntilMs } = credential;
  if (renewableUntilMs === undefined) return end;
  const last = Number.isFinite(renewableUntilMs) ? `, the last time ${until(renewableUntilMs, nowMs)}` : '';
  return `${end}, renewed by itself${last}`;
}
