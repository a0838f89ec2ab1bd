// Which variables of the user's shell a job on this machine gets: what finds programs and libraries, nothing that signs in.

const wanted: readonly RegExp[] = [
  /^(PATH|LD_LIBRARY_PATH|DYLD_\w+|LIBPATH|PYTHONPATH|PYTHONHOME|PERL5LIB|MANPATH|PKG_CONFIG_PATH|CMAKE_PREFIX_PATH)$/,
  /^(ROOTSYS|ROOT_INCLUDE_PATH|CLING_\w+|CONDA_PREFIX|CONDA_DEFAULT_ENV|VIRTUAL_ENV|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/,
  /^(HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|OMP_NUM_THREADS|REANA_SERVER_URL)$/,
];

/** Where container engines find their daemon, their images and the way out; no job sees it. */
const forContainers: readonly RegExp[] = [
  /^(DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY)|CONTAINER_HOST|CONTAINERS_\w+|REGISTRY_AUTH_FILE)$/,
  /^(APPTAINER_\w+|XDG_\w+|DBUS_SESSION_BUS_ADDRESS|(https?|no|all)_proxy|(HTTPS?|NO|ALL)_PROXY)$/,
];

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of `env` that are handed on to jobs. */
export const jobEnvironment = (env: Environment): Record<string, string> => chosen(env, wanted);

/** The variables of `env` that the commands of container engines get beside those of jobs. */
export const containerEnvironment = (env: Environment): Record<string, string> => chosen(env, forContainers);

function chosen(env: Environment, patterns: readonly RegExp[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && patterns.some((pattern) => pattern.test(name))) found[name] = value;
  }
  return found;
}
