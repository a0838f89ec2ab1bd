// The page of a code: Markdown of a small kind, taken apart, and shown on a terminal.
//
//   # cwl/unknown-field
//
//   What it means, in paragraphs.
//
//   ## Example
//
//   ```scan.cwl
//   cwlVersion: v1.2
//   ```
import { textWidth } from '../base/text-width.ts';
import type { View } from './terminal.ts';

export type PagePart =
  | { readonly is: 'heading'; readonly text: string }
  | { readonly is: 'paragraph'; readonly text: string }
  /** A fenced block; `name` is the file it stands for, or `findings`. */
  | { readonly is: 'block'; readonly name: string; readonly text: string };

export interface CodePage {
  readonly code: string;
  readonly parts: readonly PagePart[];
}

/** Takes a page apart. Its first line names the code. */
export function parsePage(markdown: string): CodePage {
  const lines = markdown.replace(/\r\n?/g, '\n').split('\n');
  const parts: PagePart[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) parts.push({ is: 'paragraph', text: paragraph.join(' ') });
    paragraph = [];
  };
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const fence = /^(```+)\s*(\S*)\s*$/.exec(line);
    if (fence !== null) {
      endParagraph();
      const end = lines.indexOf(fence[1] ?? '', index + 1);
      const last = end === -1 ? lines.length : end;
      const text = lines.slice(index + 1, last).map((row) => `${row}\n`);
      parts.push({ is: 'block', name: fence[2] ?? '', text: text.join('') });
      index = last;
    } else if (line.startsWith('## ')) {
      endParagraph();
      parts.push({ is: 'heading', text: line.slice(3).trim() });
    } else if (line.trim() === '') endParagraph();
    else paragraph.push(line.trim());
  }
  endParagraph();
  return { code: (lines[0] ?? '').replace(/^#\s*/, '').trim(), parts };
}

/** What a page says before its first heading. */
export function introductionOf({ parts }: CodePage): string {
  const end = parts.findIndex((part) => part.is === 'heading');
  return (end === -1 ? parts : parts.slice(0, end))
    .flatMap((part) => (part.is === 'paragraph' ? [part.text] : []))
    .join('\n\n');
}

/** The first sentence of a page, without its full stop. */
export function summaryOf(page: CodePage): string {
  const text = introductionOf(page).split('\n\n')[0] ?? '';
  // A full stop inside of `…` or of a number ends no sentence.
  const sentence = /^(?:`[^`]*`|[^.`]|\.(?!\s|$))*/.exec(text)?.[0] ?? text;
  return sentence.trim();
}

/** The files of a section (`Example`, `Mended`) by name, in order, without the block of findings. */
export function filesOfSection(page: CodePage, heading: string): ReadonlyMap<string, string> {
  return new Map(
    blocksOf(page, heading).flatMap((block) =>
      block.name === 'findings' || block.name === '' ? [] : [[block.name, block.text] as const],
    ),
  );
}

/** The findings that a section says there are, one a line; `undefined` when it does not say. */
export function findingsOfSection(page: CodePage, heading: string): string | undefined {
  return blocksOf(page, heading).find((block) => block.name === 'findings')?.text;
}

function blocksOf({ parts }: CodePage, heading: string): readonly (PagePart & { is: 'block' })[] {
  const start = parts.findIndex((part) => part.is === 'heading' && part.text === heading);
  if (start === -1) return [];
  const rest = parts.slice(start + 1);
  const end = rest.findIndex((part) => part.is === 'heading');
  return (end === -1 ? rest : rest.slice(0, end)).flatMap((part) => (part.is === 'block' ? [part] : []));
}

/** No line of words is longer than this, however wide the terminal is. */
const widest = 100;

/** The text of a page for a terminal, ending in a line break. */
export function renderPage(page: CodePage, view: View): string {
  const { style } = view;
  const width = Math.max(20, Math.min(view.width, widest));
  const shown = page.parts.map((part) => {
    switch (part.is) {
      case 'heading':
        return style.strong(part.text);
      case 'paragraph':
        return wrapped(part.text, width).join('\n');
      case 'block': {
        const lines = part.text.replace(/\n$/, '').split('\n');
        const isFile = part.name !== 'findings' && part.name !== '';
        const head = isFile ? [`  ${style.path(part.name)}`] : [];
        return [
          ...head,
          ...lines.map((line) => (line === '' ? '' : `${isFile ? '    ' : '  '}${line}`)),
        ].join('\n');
      }
    }
  });
  return [style.strong(page.code), ...shown].join('\n\n') + '\n';
}

/** Codes with their first sentences, grouped by what stands before the slash. */
export function renderCodes(pages: readonly CodePage[], view: View): string {
  const { style } = view;
  const rooms = [...new Set(pages.map((page) => page.code.split('/')[0] ?? ''))];
  const column = Math.max(0, ...pages.map((page) => textWidth(page.code))) + 4;
  const width = Math.max(view.width, column + 30);
  return rooms
    .map((room) => {
      const rows = pages
        .filter((page) => page.code.startsWith(`${room}/`))
        .flatMap((page) => {
          const [first = '', ...others] = wrapped(summaryOf(page), width - column);
          const name = `  ${page.code}`;
          return [
            `${name}${' '.repeat(column - textWidth(name))}${first}`,
            ...others.map((line) => `${' '.repeat(column)}${line}`),
          ];
        });
      return [style.strong(room), ...rows].join('\n') + '\n';
    })
    .join('\n');
}

export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line === '') line = word;
    else if (textWidth(line) + 1 + textWidth(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
