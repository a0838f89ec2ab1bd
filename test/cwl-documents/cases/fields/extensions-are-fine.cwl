cwlVersion: v1.2
class: CommandLineTool
$namespaces: {lab: "http://example.org/lab#"}
$schemas: ["http://example.org/lab.owl"]
lab:owner: Alice
http://example.org/note: none
label: says hello
doc: [one line, another line]
intent: ["http://example.org/greet"]
baseCommand: [echo, hello]
inputs:
  name: {type: string, lab:unit: none}
outputs: []
