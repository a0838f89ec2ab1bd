# Validates CWL documents with cwltool in one process, as its start takes longer than its work. Prints one JSON object a
# line: {"path", "accepted", "said"}.
import io
import json
import logging
import sys

from cwltool.main import main

for path in sys.argv[1:]:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    try:
        code = main(["--validate", "--disable-color", path], stdout=io.StringIO(), stderr=said, logger_handler=handler)
    except Exception as error:  # a crash is a refusal, too
        code = 70
        said.write(repr(error))
    print(json.dumps({"path": path, "accepted": code == 0, "said": said.getvalue()[-2000:]}), flush=True)
