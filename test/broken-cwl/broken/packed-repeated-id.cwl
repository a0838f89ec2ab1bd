cwlVersion: v1.2
$graph:
  - class: CommandLineTool
    id: main
    baseCommand: root
    inputs: []
    outputs: []
  - class: CommandLineTool
    id: main # fault: cwl/duplicate-id
    baseCommand: hadd
    inputs: []
    outputs: []
# cwltool accepts this: it keeps one of the two without a word
