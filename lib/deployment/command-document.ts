import { Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { PinnedObject } from '../fleet';
import { commandScript } from './command-script';
import { RELEASE_ID_PATTERN, SHA256_PATTERN } from './contract';

/** How long a command may take on a host: downloading and unpacking a release is the longest. */
const EXECUTION_SECONDS = 1_800;

const STEPS = '^(check|backup|migrate|maintenance-on|maintenance-off|after-promotion|after-rollback)$';

/** What commands call on hosts. */
export interface CommandDocumentProps {
  readonly fleetName: string;
  readonly program: PinnedObject;
  /** Runs the steps of releases; undefined where they have none. */
  readonly stepRunner?: PinnedObject;
}

/** The document by which Run Command calls the host program. */
export class CommandDocument extends Construct {
  readonly documentName: string;
  readonly documentArn: string;

  constructor(scope: Construct, id: string, props: CommandDocumentProps) {
    super(scope, id);
    const { stepRunner } = props;
    const document = new ssm.CfnDocument(this, 'Resource', {
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      updateMethod: 'NewVersion',
      content: {
        schemaVersion: '2.2',
        description: `Stages, activates and takes back releases on the hosts of the fleet ${props.fleetName}`,
        parameters: {
          Command: parameter('What to do', `^(stage|activate|revert|sync|status|prune${stepRunner ? '|step' : ''})$`),
          Release: parameter('Id of the release', `^(${RELEASE_ID_PATTERN.slice(1, -1)})?$`),
          Sha256: parameter('SHA-256 of the archive', `^(${SHA256_PATTERN.slice(1, -1)})?$`),
          Epoch: parameter('Epoch of the deployment', '^[0-9]{1,15}$'),
          ...(stepRunner && { Step: { ...parameter('Step of the release', STEPS), default: 'check' } }),
          HostSha256: parameter('SHA-256 of the host program', SHA256_PATTERN),
        },
        mainSteps: [
          {
            action: 'aws:runShellScript',
            name: 'host',
            precondition: { StringEquals: ['platformType', 'Linux'] },
            inputs: { timeoutSeconds: String(EXECUTION_SECONDS), runCommand: commandScript(props.program, stepRunner) },
          },
        ],
      },
    });
    this.documentName = document.ref;
    this.documentArn = Stack.of(this).formatArn({ service: 'ssm', resource: 'document', resourceName: document.ref });
  }
}

/** A parameter that reaches the script as an environment variable and is nowhere put into its text. */
function parameter(description: string, allowedPattern: string) {
  return { type: 'String', description, allowedPattern, interpolationType: 'ENV_VAR' };
}
