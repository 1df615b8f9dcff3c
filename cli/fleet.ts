import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CommandError, ExitCode } from './exit-code';

/** Where the deployment machinery of one fleet is; the stack writes it to the parameter `/asg-canary/<fleet>`. */
export interface FleetSettings {
  readonly fleet: string;
  readonly stateMachineArn: string;
  /** The function that takes the canary out of traffic. */
  readonly takeOutFunction: string;
  readonly table: string;
  readonly mainRuleArn: string;
  readonly canaryTargetGroupArn: string;
}

const REQUIRED = ['stateMachineArn', 'takeOutFunction', 'table', 'mainRuleArn', 'canaryTargetGroupArn'] as const;

/**
 * Reads a fleet's settings.
 *
 * @throws CommandError when there is no such fleet in this account and region
 */
export async function findFleet(fleet: string): Promise<FleetSettings> {
  const name = `/asg-canary/${fleet}`;
  const value = await new SSMClient({})
    .send(new GetParameterCommand({ Name: name }))
    .then((answer) => answer.Parameter?.Value ?? '{}')
    .catch((error: Error) => {
      if (error.name === 'ParameterNotFound') {
        throw new CommandError(
          `'--fleet' must name a fleet of this account and region, got ${fleet}: there is no parameter ${name}`,
          ExitCode.REFUSED,
        );
      }
      throw error;
    });
  const settings = JSON.parse(value) as FleetSettings;
  const missing = REQUIRED.filter((key) => typeof settings[key] !== 'string');
  if (missing.length > 0)
    throw new CommandError(`parameter ${name} lacks ${missing.join(', ')}: deploy the stack again`, ExitCode.UNAVAILABLE);
  return { ...settings, fleet };
}
