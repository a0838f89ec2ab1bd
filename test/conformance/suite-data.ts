// The data that the official tests read. The documents are there, their data are not: here they are made, where what they must
// hold follows from the expected outputs. The text is the opening of Herman Melville's Moby-Dick (1851); the programs are ours.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const whale = `Call me Ishmael. Some years ago--never mind how long precisely--having
little or no money in my purse, and nothing particular to interest me on
shore, I thought I would sail about a little and see the watery part of
the world. It is a way I have of driving off the spleen and regulating
the circulation. Whenever I find myself growing grim about the mouth;
whenever it is a damp, drizzly November in my soul; whenever I find
myself involuntarily pausing before coffin warehouses, and bringing up
the rear of every funeral I meet; and especially whenever my hypos get
such an upper hand of me, that it requires a strong moral principle to
prevent me from deliberately stepping into the street, and methodically
knocking people's hats off--then, I account it high time to get to sea
as soon as I can. This is my substitute for pistol and ball. With a
philosophical flourish Cato throws himself upon his sword; I quietly
take to the ship. There is nothing surprising in this. If they but knew
it, almost all men in their degree, some time or other, cherish very
nearly the same feelings towards the ocean with me.
`;

/** Says what words it was called with, paths without their directories. */
const args = `import json, os, sys
with open('cwl.output.json', 'w') as answer:
    json.dump({'args': [os.path.basename(word) for word in sys.argv[1:]]}, answer)
`;

/** Leaves the eight kinds of companions that the tool asks for. */
const index = `import os, sys
name = sys.argv[1]
root, extension = os.path.splitext(name)
for companion in [name + '.idx1', root + '.idx2', name + '.idx3', name + '.idx4', name + '.idx5',
                  root + '.idx6' + extension, name + '.idx7']:
    open(companion, 'w').close()
os.mkdir(name + '_idx8')
open(os.path.join(name + '_idx8', 'index'), 'w').close()
`;

/** Prints the lines with a word; all companions must be there. */
const search = `import os, sys
name, term = sys.argv[1:3]
root, extension = os.path.splitext(name)
for companion in [name + '.idx1', root + '.idx2', name + '.idx3', name + '.idx4', root + '.idx6' + extension,
                  name + '.idx7', name + '_idx8/index']:
    os.stat(companion)
for line in open(name):
    if term in line:
        sys.stdout.write(line)
`;

const updateValue = `import sys
with open(sys.argv[1]) as file:
    value = int(file.read())
with open(sys.argv[1], 'w') as file:
    file.write(str(value + 1))
`;

const listOfFiles = `import json
with open('cwl.output.json', 'w') as answer:
    json.dump({'filelist': ['example_input_file%d.txt' % number for number in range(100000)],
               'bigstring': 'x' * 100000}, answer)
`;

const loadJson = `import json, sys
with open(sys.argv[1]) as file:
    json.load(file)
`;

const files: Readonly<Record<string, string>> = {
  'whale.txt': whale,
  'staging-basename/whale.txt': whale,
  'hello.txt': 'Hello world!\n',
  'empty.txt': '',
  'number.txt': '42\n',
  'moocow.txt': 'moo cow',
  'args.py': args,
  'index.py': index,
  'search.py': search,
  'updateval.py': updateValue,
  'loadContents/mkfilelist.py': listOfFiles,
  'iwd/loadit.py': loadJson,
  'chr20.fa': '',
  'example_human_Illumina.pe_1.fastq': '',
  'example_human_Illumina.pe_2.fastq': '',
  'reads.fastq': '',
  'ref.fasta': '>one\nACGT\n',
  'ref.fasta.fai': '',
  'ref2.fasta': '>two\nACGT\n',
  'ref2.fasta.fai': '',
  special_file: '42',
  'sfa-1.txt': 'one\n',
  'sfa-1.txt.sec': 'one, too\n',
  'sfa-2.txt': 'two\n',
  'sfa-2.txt.sec': 'two, too\n',
  'secondaryfiles/secondary_file_test.txt': '',
  'secondaryfiles/secondary_file_test.txt.accessory': '',
  'subdirsecondaries/hello.py': 'print("hello")\n',
  'subdirsecondaries/testdir/a': '',
  'testdir/a': '',
  'testdir/b': '',
  'testdir/c/d': '',
  'subdirsecondaries/testdir/b': '',
  'subdirsecondaries/testdir/c': '',
  'hello.2.txt': 'Hello again!\n',
  'mixed-versions/hello.txt': 'Hello world!\n',
  'mixed-versions/hello.txt.2': '',
  'Hello.java': 'class Hello {}\n',
  'ref.fasta.dat2': '',
  'ref2.fasta.dat2': '',
  'tmp1/tmp2/tmp3/kept': '',
  'rec/A': '',
  'rec/A.s2': '',
  'rec/A.s3': '',
  'rec/B': '',
  'rec/B.s3': '',
  'rec/C': '',
  'rec/C.s3': '',
  'rec/D': '',
  'loadContents/inp-filelist.txt': Array.from(
    { length: 9999 },
    (_, index) => `example_input_file${index + 1}.txt\n`,
  ).join(''),
  'octothorpe/item #1.txt': 'item #1\n',
  'schemadef_types_with_import-test.bam': '',
  'A:Gln2Cys': '',
};

export function writeSuiteData(directory: string): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  writeTar(directory);
}

function writeTar(directory: string): void {
  const inside = mkdtempSync(join(directory, 'tar-'));
  writeFileSync(join(inside, 'hello.txt'), 'Hello world!\n');
  writeFileSync(join(inside, 'goodbye.txt'), 'Goodbye, cruel world...\n');
  execFileSync('tar', ['-cf', join(directory, 'hello.tar'), '-C', inside, 'hello.txt', 'goodbye.txt']);
  rmSync(inside, { recursive: true });
}
