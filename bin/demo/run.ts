import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Template } from '../../lab/cloudformation/template';
import { LiveLab } from '../../lab/live-lab';
import { LoadGenerator } from '../../lab/traffic/load/load-generator';
import type { LoadTotals } from '../../lab/traffic/load/messages';
import { checkDemo, type TrafficFloor } from './check';
import { type Deployed, deployTags } from './deployments';
import type { DemoFacts } from './facts';
import { Recorder } from './recorder';
import { reportLines } from './report';
import { STACK, synthesize } from './synth';
import { serverErrors, trafficFacts } from './traffic';

/** How the demo is run. */
export interface DemoOptions {
  /** Git repository with the tags v1, v2 and v3. */
  readonly app: string;
  /** How many times faster than the wall clock AWS's waits pass. */
  readonly scale: number;
  readonly requestsPerSecond: number;
  readonly floor: TrafficFloor;
  /** Longest that one deployment may take, in real seconds; the demo ends with an error where one takes longer. */
  readonly limitSeconds: number;
  /** Context of the reference application on top of cdk.json. */
  readonly context?: Readonly<Record<string, string | number>>;
  /**
   * Changes the lab before the first deployment, and may give another address for clients: tests put faults in here.
   */
  readonly prepare?: (lab: LiveLab) => Promise<string | undefined>;
  readonly print: (line: string) => void;
  /** Ends the demo before its time: everything is stopped and removed, then its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What the demo found; without problems all is as it should be. */
export interface DemoResult {
  readonly facts: DemoFacts;
  readonly problems: readonly string[];
}

/** Deploys three releases under load and says whether all went as it should. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { app, scale, print, context, floor, signal } = options;
  const began = performance.now();
  const say = (line: string) => print(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  const assembly = mkdtempSync(path.join(tmpdir(), 'asg-canary-assembly-'));
  const defects: string[] = [];
  let lab: LiveLab | undefined;
  try {
    say('synthesizing the reference application');
    await synthesize(assembly, context, signal);
    const recorder = new Recorder();
    lab = await LiveLab.start({
      assembly,
      stackName: STACK,
      repositories: sourcesOf(assembly, app),
      scale,
      onDefect: (error) => defects.push(`the lab has a defect: ${error instanceof Error ? error.stack : error}`),
      onFinished: (request) => recorder.finished(request),
    });
    recorder.attach(lab);
    const resources = Object.keys(lab.template.Resources).length;
    say(`creating the stack in the lab: ${resources} resources; a minute of AWS takes ${(60 / scale).toFixed(1)} s`);
    await unlessAborted(lab.deploy(), signal);
    const facts = await deployUnderLoad(lab, recorder, options, say);
    for (const line of reportLines(facts)) print(line);
    return { facts, problems: [...checkDemo(facts, floor), ...defects] };
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    await lab?.stop();
    rmSync(assembly, { recursive: true, force: true });
  }
}

/** Every source location that the template's build may use leads to the application. */
function sourcesOf(assembly: string, app: string): Record<string, string> {
  const { Resources: resources }: Template = require(path.join(assembly, `${STACK}.template.json`));
  const projects = Object.values(resources).filter(({ Type }) => Type === 'AWS::CodeBuild::Project');
  return Object.fromEntries(projects.map(({ Properties }) => [Properties!.Source.Location, app]));
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}

async function deployUnderLoad(lab: LiveLab, recorder: Recorder, options: DemoOptions, say: (line: string) => void): Promise<DemoFacts> {
  const { requestsPerSecond, prepare, limitSeconds, signal } = options;
  const url = (await prepare?.(lab)) ?? lab.url;
  const load = await LoadGenerator.start({ url, requestsPerSecond, returning: { clients: 20, share: 0.1 } });
  let deployments: Deployed[];
  let totals: LoadTotals;
  try {
    deployments = await deployTags({ lab, recorder, say, limitSeconds, signal });
  } finally {
    totals = await load.stop();
  }
  const releases = deployments.map(({ release }) => release);
  return {
    deployments: deployments.map((deployment) => ({ ...deployment, badResponses: serverErrors(totals, deployment.release) })),
    traffic: trafficFacts(totals, releases),
    instances: releasesOnStable(lab),
  };
}

/** The release that each stable instance runs, from the link on the instance's own disk. */
function releasesOnStable(lab: LiveLab): Record<string, string> {
  const { autoScaling, world } = lab.account;
  const stable = autoScaling.groupNames().find((name) => name.endsWith('-stable'))!;
  return Object.fromEntries(
    autoScaling.instances(stable).map(({ instanceId }) => [instanceId, world.releaseOf(instanceId, '/srv/app/current') ?? 'none']),
  );
}
