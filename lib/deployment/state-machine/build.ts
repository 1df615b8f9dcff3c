import type { MachineParts, States } from './model';
import { BUILD, CHECK_DATABASE, REFUSE, TELL_HOSTS } from './names';
import { choose, task } from './task';

/** Builds the release, where a git ref is asked for, and checks what is in the bucket. */
export function build(parts: MachineParts): States {
  const { functions, projectName, steps } = parts;
  return {
    [BUILD]: projectName === undefined ? passOn() : choose('$.request.ref', { '': 'Verify release' }, 'Build release'),
    ...(projectName !== undefined && { 'Build release': codeBuild(projectName, parts.buildSeconds) }),
    'Verify release': task({
      comment: 'The manifest, and the archive that it speaks of',
      resource: functions['verify-release'],
      event: { 'release.$': '$.fleet.release' },
      result: '$.release',
      next: steps.database ? CHECK_DATABASE : TELL_HOSTS,
      onError: REFUSE,
    }),
  };
}

function passOn() {
  return { Type: 'Pass', Comment: 'This deployment has no build', Next: 'Verify release' };
}

function codeBuild(projectName: string, seconds: number) {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::codebuild:startBuild.sync',
    Parameters: {
      ProjectName: projectName,
      'SourceVersion.$': '$.request.ref',
      EnvironmentVariablesOverride: [
        { Name: 'RELEASE_ID', Type: 'PLAINTEXT', 'Value.$': '$.fleet.release' },
        { Name: 'RELEASE_REF', Type: 'PLAINTEXT', 'Value.$': '$.request.ref' },
      ],
    },
    ResultPath: null,
    TimeoutSeconds: seconds,
    Retry: [
      {
        ErrorEquals: [
          'CodeBuild.AWSCodeBuildException',
          'CodeBuild.SdkClientException',
          'CodeBuild.ThrottlingException',
          'CodeBuild.AccountLimitExceededException',
        ],
        MaxAttempts: 4,
        IntervalSeconds: 5,
        BackoffRate: 2,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: REFUSE }],
    Next: 'Verify release',
  };
}
