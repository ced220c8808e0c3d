import { describe, expect, it } from 'vitest';
import { conditionOf } from './condition.ts';
import { endpointOf, failureOf } from './endpoint.ts';
import { locateHome } from '../../lib/home.ts';
import { sampleContainer } from './testing/samples.ts';

const of = (State: object, more: object = {}) => conditionOf(sampleContainer({ State, ...more }));

describe('conditionOf', () => {
  it.each([
    [{ Status: 'running', Health: { Status: 'healthy' } }, 'healthy'],
    [{ Status: 'running', Health: null }, 'healthy'],
    [{ Status: 'running', Health: { Status: 'starting' } }, 'starting'],
    [{ Status: 'running', Health: { Status: 'unhealthy', FailingStreak: 3 } }, 'unhealthy'],
    [{ Status: 'paused', Health: { Status: 'healthy' } }, 'unhealthy'],
    [{ Status: 'created' }, 'exited'],
    [{ Status: 'exited', ExitCode: 1 }, 'exited'],
    [{ Status: 'exited', ExitCode: 0 }, 'exited'],
    [{ Status: 'restarting', ExitCode: 1 }, 'exited'],
    [{ Status: 'dead', ExitCode: 1 }, 'exited'],
  ])('%j is %s', (state, health) => {
    expect(of(state).health).toBe(health);
  });

  it('says that it is paused', () => {
    expect(of({ Status: 'paused' }).error).toMatch(/paused.*docker unpause/);
  });

  it('tells what the health check said last', () => {
    const Log = [{ ExitCode: 7, Output: 'curl: (7) Failed to connect\n' }];
    expect(of({ Status: 'running', Health: { Status: 'unhealthy', FailingStreak: 3, Log } }).error).toBe(
      'Its health check failed 3 times: curl: (7) Failed to connect.',
    );
  });

  it('says out of memory with the limit and what the weights alone take', () => {
    const condition = of(
      { Status: 'exited', ExitCode: 137, OOMKilled: true },
      { HostConfig: { Memory: 64 * 1024 ** 2 }, Config: { Labels: { 'ailab.weights-bytes': '104857600' } } },
    );
    expect(condition.outOfMemory).toBe(true);
    expect(condition.exitReason).toBe(
      'out of memory: it needs more than its limit of 64.0 MiB; its weights alone take 100 MiB',
    );
  });

  it('does not take every SIGKILL for a lack of memory', () => {
    expect(of({ Status: 'exited', ExitCode: 137 }).exitReason).toBe('ended by SIGKILL (exit code 137)');
  });

  it('is done, not failed, for a container that was to run once', () => {
    const once = { HostConfig: { RestartPolicy: { Name: 'no' } } };
    expect(of({ Status: 'exited', ExitCode: 0 }, once)).toMatchObject({
      health: 'healthy',
      done: true,
      error: null,
    });
    expect(of({ Status: 'exited', ExitCode: 3 }, once)).toMatchObject({ health: 'exited', done: false });
  });
});

describe('failureOf', () => {
  it('waits for a first restart and gives up on a loop', () => {
    const looping = (RestartCount: number) =>
      failureOf(sampleContainer({ RestartCount, State: { Status: 'restarting', ExitCode: 1 } }));
    expect(looping(1)).toBeNull();
    expect(looping(2)?.code).toBe('model_exited');
  });

  it('is null for one that runs or loads', () => {
    expect(failureOf(null)).toBeNull();
    expect(failureOf(sampleContainer())).toBeNull();
    expect(failureOf(sampleContainer({ State: { Health: { Status: 'starting' } } }))).toBeNull();
  });

  it('names lack of memory and a pause', () => {
    expect(
      failureOf(sampleContainer({ State: { Status: 'exited', ExitCode: 137, OOMKilled: true } }))?.code,
    ).toBe('model_out_of_memory');
    expect(failureOf(sampleContainer({ State: { Status: 'paused' } }))?.code).toBe('model_paused');
  });
});

describe('endpointOf', () => {
  it('is nothing before the lab has keys', () => {
    expect(endpointOf(locateHome('/nowhere/at/all'), sampleContainer())).toBeNull();
  });
});
