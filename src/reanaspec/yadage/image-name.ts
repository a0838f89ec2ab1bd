// The image of an environment, as REANA is asked for it.
import type { YadageEnvironment } from './model.ts';

/** The image with its tag; where there is none, REANA takes the image as it is. */
export function imageName({ image, imageTag }: YadageEnvironment): string {
  return imageTag === undefined || imageTag.text === '' ? image.text : `${image.text}:${imageTag.text}`;
}
