"""Runs commands of the official client, each in a process of its own that starts with all libraries loaded.

One JSON object a line comes in: arguments, directory, environment, and the file for what is printed; one goes out with
the exit code. The client's own modules are loaded anew for every command, so each one starts as from a shell.
"""

import json
import os
import sys


def load_libraries():
    import reana_client.cli  # noqa: F401
    import reana_client.cli.files  # noqa: F401
    import reana_client.cli.workflow  # noqa: F401

    for name in list(sys.modules):
        if name.split(".")[0] in ("reana_client", "reana_commons"):
            del sys.modules[name]


def run(command):
    os.chdir(command["cwd"])
    os.environ.clear()
    os.environ.update(command["env"])
    for stream, path in ((1, command["stdout"]), (2, command["stderr"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["reana-client", *command["args"]]
    code = 1
    try:
        from reana_client.cli import cli

        cli()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main():
    load_libraries()
    print("ready", flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        child = os.fork()
        if child == 0:
            run(command)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"exit_code": os.waitstatus_to_exitcode(status)}), flush=True)


main()
