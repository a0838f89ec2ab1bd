// The command of a steering as iDDS would give it to docker, taken apart.
import { describe, expect, it } from 'vitest';
import { steeringCommand, type SteeringCommand } from '../../src/engine/hpo/steering-command.ts';

const places = {
  placeholders: { MAX_POINTS: 10, NUM_POINTS: 2, IN: 'idds_input.json', OUT: 'output.json' },
  directory: '/work/ask',
};
const read = (exec: string, image?: string): SteeringCommand => {
  const command = steeringCommand(image, exec, places);
  if (!command.ok) throw new Error(command.fault);
  return command.command;
};

describe('the command of a steering', () => {
  it('is what runs in the image that is named beside it', () => {
    expect(
      read(`/bin/bash -c "steer --n=%NUM_POINTS --max=%MAX_POINTS --in=%IN --out=%OUT"`, 'a/b:1'),
    ).toMatchObject({
      image: 'a/b:1',
      words: ['/bin/bash', '-c', 'steer --n=2 --max=10 --in=idds_input.json --out=output.json'],
    });
  });

  it.each(['$(pwd)', '$PWD', '${PWD}', '`pwd`'])('knows the directory of the steering as %s', (here) => {
    const command = read(
      `run --rm -v ${here}:/HPOiDDS -w /HPOiDDS --gpus all -e A=1 a/b python steer.py ${here}/%IN '$PWD/x'`,
    );
    expect(command).toEqual({
      image: 'a/b',
      words: ['python', 'steer.py', '/work/ask/idds_input.json', '$PWD/x'],
      mounts: ['/HPOiDDS'],
      workDirectory: '/HPOiDDS',
      variables: ['A=1'],
      entrypoint: undefined,
      ignored: ['--gpus all'],
    });
  });

  it('may name options with their values attached, and its program by itself', () => {
    const command = read(
      'docker run -it --volume=$(pwd):/data:ro --entrypoint=/bin/sh --workdir=/data a/b -c "true"',
    );
    expect(command).toMatchObject({
      image: 'a/b',
      words: ['-c', 'true'],
      mounts: ['/data'],
      entrypoint: '/bin/sh',
    });
    expect(command.ignored).toEqual(['-it']);
  });

  it('without an image is a command of this machine', () => {
    expect(read('python3 steer.py %IN %OUT')).toMatchObject({
      image: undefined,
      words: ['python3 steer.py idds_input.json output.json'],
    });
  });

  it.each([
    ['run --rm', '`--steeringExec` names no image after `run`'],
    [
      'run -v /home:/home a/b true',
      '`--steeringExec` mounts a directory that is not the one of the steering',
    ],
    ['run a/b "true', 'a quote in `--steeringExec` is never closed'],
  ])('that cannot be run is refused: %s', (exec, fault) => {
    expect(steeringCommand(undefined, exec, places)).toEqual({ ok: false, fault });
  });
});
