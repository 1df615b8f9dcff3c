import type { FunctionConfig } from '../../lib/deployment/contract';

/** The configuration that this version of the function was published with. */
export const config: FunctionConfig = JSON.parse(process.env.CONFIG ?? '{}');
