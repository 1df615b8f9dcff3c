import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CommandError, ExitCode } from '../exit-code';
import { findFleet } from '../fleet';
import type { Terminal } from '../terminal';

/**
 * Takes the canary out of traffic at once; the running deployment then rolls back by itself.
 * The execution is not stopped: a stopped execution cannot clean up.
 */
export async function abort(fleet: string, reason: string, terminal: Terminal): Promise<number> {
  const settings = await findFleet(fleet);
  const answer = await new LambdaClient({}).send(
    new InvokeCommand({ FunctionName: settings.takeOutFunction, Payload: Buffer.from(JSON.stringify({ reason })) }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined)
    throw new CommandError(`the canary may still have traffic: ${JSON.parse(text).errorMessage}`, ExitCode.UNAVAILABLE);
  const { told } = JSON.parse(text);
  terminal.out(told === '' ? 'no deployment is running; the canary has no traffic' : `the canary is out of traffic; ${told} rolls back`);
  return ExitCode.DONE;
}
