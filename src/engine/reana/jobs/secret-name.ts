// Names of REANA's secrets: they become variables or files, so they must be able to be both.

/** True for 1 to 253 letters, digits, `.`, `_` and `-`; not for `.` and `..`. The rule is that of Kubernetes, where REANA keeps them. */
export function isSecretName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,253}$/.test(name) && name !== '.' && name !== '..';
}
