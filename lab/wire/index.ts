export { serveWire, type WireAddress, type WireHandler } from './http-server';
export type { WireRequest, WireResponse } from './message';
export { type CallerDirectory, type CallListener, Wire, type WireCall, type WireOptions } from './wire';
export { WireServer } from './wire-server';
