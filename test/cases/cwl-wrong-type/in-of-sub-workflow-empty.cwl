cwlVersion: v1.2
class: Workflow
requirements: {SubworkflowFeatureRequirement: {}}
inputs: {data: string}
outputs: {}
steps:
  s:
    run: parts/inputs-as-text.cwl
    in: {data: data}
    out: [outDS]
  t:
    run: parts/body.cwl
    in: null
    scatter: [data]
    when: $(self.data)
    out: [outDS]
