cwlVersion: v1.2
class: CommandLineTool
baseCommand: root
inputs:
	events: File # fault: yaml/syntax
outputs: []
