{
  "cwlVersion": "v1.0", "class": "CommandLineTool",
  "baseCommand": ["cat"],
  "inputs": [{"id": "#a", "type": ["null", {"type": "array", "items": "File"}], "inputBinding": {"position": 1}}],
  "outputs": [{"id": "#out", "type": "stdout"}]
}
