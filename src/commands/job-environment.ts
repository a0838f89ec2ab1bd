// Which variables of the user's shell a job on this machine gets: what finds programs and libraries, nothing that signs in.

const wanted: readonly RegExp[] = [
  /^(PATH|LD_LIBRARY_PATH|DYLD_\w+|LIBPATH|PYTHONPATH|PYTHONHOME|PERL5LIB|MANPATH|PKG_CONFIG_PATH|CMAKE_PREFIX_PATH)$/,
  /^(ROOTSYS|ROOT_INCLUDE_PATH|CLING_\w+|CONDA_PREFIX|CONDA_DEFAULT_ENV|VIRTUAL_ENV|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/,
  /^(HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|OMP_NUM_THREADS|REANA_SERVER_URL)$/,
];

/** The variables of `env` that are handed on to jobs. */
export function jobEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && wanted.some((pattern) => pattern.test(name))) chosen[name] = value;
  }
  return chosen;
}
