import type { Build, StartBuildCommandInput } from '@aws-sdk/client-codebuild';
import type { BuildRun, BuildStatus } from '../../build/build-run';
import type { Project } from './project';

/** A build that was started. Times are the lab's, in milliseconds. */
export interface BuildRecord {
  readonly id: string;
  readonly arn: string;
  readonly number: number;
  readonly project: Project;
  readonly input: StartBuildCommandInput;
  readonly variables: Readonly<Record<string, string>>;
  readonly run: BuildRun;
  readonly startedAt: number;
  status: BuildStatus;
  endedAt?: number;
  readonly done: Promise<void>;
}

/** A build as BatchGetBuilds shows it. */
export function buildOf(record: BuildRecord): Build {
  const { project, run, input } = record;
  return {
    id: record.id,
    arn: record.arn,
    buildNumber: record.number,
    startTime: new Date(record.startedAt),
    endTime: record.endedAt === undefined ? undefined : new Date(record.endedAt),
    currentPhase: run.phases.at(-1)?.type ?? 'SUBMITTED',
    buildStatus: record.status,
    buildComplete: record.status !== 'IN_PROGRESS',
    sourceVersion: input.sourceVersion ?? project.sourceVersion,
    resolvedSourceVersion: run.resolvedSourceVersion,
    projectName: project.name,
    source: { type: project.sourceType as 'GITHUB', location: project.location },
    environment: {
      type: 'LINUX_CONTAINER',
      image: project.image,
      computeType: 'BUILD_GENERAL1_SMALL',
      environmentVariables: Object.entries(record.variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' as const })),
    },
    serviceRole: project.roleArn,
    timeoutInMinutes: project.timeoutMinutes,
    exportedEnvironmentVariables: Object.entries(run.exported).map(([name, value]) => ({ name, value })),
    phases: run.phases.map(({ type, status, startedAt, endedAt, context }) => ({
      phaseType: type as 'BUILD',
      phaseStatus: type === 'COMPLETED' || status === 'IN_PROGRESS' ? undefined : status,
      startTime: new Date(startedAt),
      endTime: endedAt === undefined ? undefined : new Date(endedAt),
      durationInSeconds: endedAt === undefined ? undefined : Math.round((endedAt - startedAt) / 1000),
      contexts: endedAt === undefined ? undefined : [context ?? { statusCode: '', message: '' }],
    })),
  };
}
