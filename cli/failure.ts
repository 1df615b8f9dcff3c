import { CommandError, ExitCode } from './exit-code';

/** What went wrong, in words that say what to do about it, and the exit status that belongs to it. */
export function explain(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode };
  return { message: messageOf(error as Error & { code?: string; errors?: readonly Error[] }), exitCode: ExitCode.UNAVAILABLE };
}

function messageOf(error: Error & { readonly code?: string; readonly errors?: readonly Error[] }): string {
  if (error.name === 'CredentialsProviderError') {
    return `there are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${error.message})`;
  }
  if (error.message === 'Region is missing') return 'there is no AWS region: set AWS_REGION, e.g. AWS_REGION=eu-west-1';
  if (error.name.startsWith('AccessDenied')) return `AWS does not allow it: ${error.message}`;
  if (error.code !== undefined) return `AWS cannot be reached: ${error.message || (error.errors?.[0]?.message ?? error.code)}`;
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
