cwlVersion: v1.2
class: Workflow
