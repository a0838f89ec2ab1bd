cwlVersion: v1.2
class: Workflow
inputs:
	d: string
