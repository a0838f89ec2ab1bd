// Official tests that are not run here, or whose files are compared by name alone, each with its reason.

const container = 'it is about something that only a container can give';

/** By id of the test. */
export const notRun: Readonly<Record<string, string>> = {
  dockeroutputdir: `${container}: a directory outside of the work directory`,
  docker_entrypoint: `${container}: the entry point of its image`,
  networkaccess: `${container}: a network that is cut off`,
  networkaccess_disabled: `${container}: a network that is cut off`,
  'iwd-container-entryname1': `${container}: files placed outside of the work directory`,
  initworkdir_expreng_requirements: 'it includes underscore.js, which is not among the documents',
};

const unknownData = 'it copies a file whose content is not known here; ours is another one';

/** Sizes and checksums of files are not compared. By id of the test. */
export const otherContent: Readonly<Record<string, string>> = {
  initial_workdir_secondary_files_expr:
    'the result is printed by a program that is ours here, and prints less',
  format_checking_subclass: unknownData,
  format_checking_equivalentclass: unknownData,
  record_output_binding: unknownData,
  workflow_records_inputs_and_outputs: unknownData,
  directory_output: unknownData,
  initial_workdir_output: unknownData,
  initial_workdir_output_glob: unknownData,
  filesarray_secondaryfiles: unknownData,
  stage_file_array: unknownData,
  stage_file_array_basename: unknownData,
  stage_file_array_entryname_overrides: unknownData,
  colon_in_paths: unknownData,
  job_input_secondary_subdirs: 'it lists a directory whose content is not known here',
  job_input_subdir_primary_and_secondary_subdirs: 'it lists a directory whose content is not known here',
  'iwd-passthrough2': 'its result is printed by a program that is ours here, and prints nothing',
  cwloutput_nolimit: 'the expected output is not among the documents',
};
