import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CLIENT_OPTIONS } from './client-options';
import { config } from './config';

const client = new SFNClient(CLIENT_OPTIONS);
/** Statuses in which an execution may still act. */
const ALIVE = ['RUNNING', 'PENDING_REDRIVE'];

/** Whether an execution may still act, and its status in AWS's words. One that AWS no longer knows ended more than 90 days ago. */
export async function statusOf(executionArn: string): Promise<{ alive: boolean; status: string }> {
  try {
    const { status = '' } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return { alive: ALIVE.includes(status), status };
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist') return { alive: false, status: 'EXPIRED' };
    throw error;
  }
}

/** Starts the state machine in mode `recover`. Two starts of one name are one execution. */
export async function startRecovery(name: string, reason: string): Promise<string> {
  const input = JSON.stringify({ mode: 'recover', reason });
  try {
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: config.stateMachineArn, name, input }));
    return executionArn!;
  } catch (error) {
    if ((error as Error).name === 'ExecutionAlreadyExists') return name;
    throw error;
  }
}
