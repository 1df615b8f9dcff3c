/** Writes one line of JSON to the function's log. */
export function log(message: string, details: Readonly<Record<string, unknown>> = {}): void {
  console.log(JSON.stringify({ level: 'INFO', message, ...details }));
}
