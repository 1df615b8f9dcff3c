#!/usr/bin/env node
import { main } from '../cli/main';
import { processTerminal } from '../cli/terminal';

// The SDK would write half a page to standard error about the Node version of its releases to come.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

void main(process.argv.slice(2), processTerminal).then((exitCode) => {
  process.exitCode = exitCode;
});
