// A specification in the form that a server takes: as JSON with the workflow loaded, or as a bundle of its files.
import { UnsupportedError } from '../base/errors.ts';
import type { ReanaSpec } from '../reanaspec/model.ts';
import { packBundle } from './bundle.ts';
import type { BundleFile } from './bundle.ts';
import type { LoadedSpecification, ReanaClient } from './protocol/client.ts';
import { membersOf } from './protocol/members.ts';

/** What is to be sent. */
export interface Loading {
  readonly spec: ReanaSpec;
  /** Of the specification itself, with its placeholders filled. */
  readonly text: string;
  /** The other files of the bundle: what the workflow itself consists of. */
  readonly scope: () => Promise<readonly BundleFile[]>;
  readonly document: object;
  /** False where the workflow is missing in the document, because it could not be loaded here. */
  readonly isLoaded: boolean;
  /** Added to the parameters. */
  readonly extra: Readonly<Record<string, string>>;
}

/** @throws UnsupportedError when the server wants the workflow loaded and that is not possible here */
export async function loadFor(client: ReanaClient, loading: Loading): Promise<LoadedSpecification> {
  const { takesBundles, readsWorkflowFiles } = await client.protocol();
  if (takesBundles) {
    const specification = {
      name: 'reana.yaml',
      source: { text: await withParameters(loading.text, loading.extra) },
    };
    const others = (await loading.scope()).filter((file) => file.name !== specification.name);
    return { protocol: 'bundle', bundle: await packBundle([specification, ...others]) };
  }
  if (!loading.isLoaded && !readsWorkflowFiles) {
    throw new UnsupportedError(
      `\`${client.server}\` wants a ${loading.spec.kind} workflow in a loaded form, which pchain cannot make of this one`,
      { hint: 'create it with `reana-client`, or use a server of REANA 0.95' },
    );
  }
  const document = membersOf(loading.document);
  const inputs = membersOf(document['inputs']);
  const parameters = { ...membersOf(inputs['parameters']), ...loading.extra };
  return { protocol: 'json', document: { ...document, inputs: { ...inputs, parameters } } };
}

/** The text with more parameters; everything else stays as it was written. */
async function withParameters(text: string, extra: Readonly<Record<string, string>>): Promise<string> {
  const added = Object.entries(extra);
  if (added.length === 0) return text;
  const { parseDocument, isMap } = await import('yaml');
  // Without a schema every scalar is a text, and is written back as it was.
  const document = parseDocument(text, { schema: 'failsafe', keepSourceTokens: true });
  if (!isMap(document.contents)) return text;
  for (const [name, value] of added) document.setIn(['inputs', 'parameters', name], value);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
