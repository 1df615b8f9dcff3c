import type { WireHandler } from './http-server';
import type { WireRequest, WireResponse } from './message';
import { textResponse } from './protocols/protocol';
import type { Wire } from './wire';

/**
 * Several labs behind one address: a call goes to the lab that issued its access key.
 * Function workers keep their endpoint while they are used by one lab after another.
 */
export class WireServer implements WireHandler {
  private readonly wires = new Set<Wire>();

  register(wire: Wire): void {
    this.wires.add(wire);
  }

  unregister(wire: Wire): void {
    this.wires.delete(wire);
  }

  async handle(request: WireRequest): Promise<WireResponse> {
    const accessKeyId = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    for (const wire of this.wires) if (wire.knows(accessKeyId)) return wire.handle(request);
    const [any] = this.wires;
    if (any !== undefined) return any.handle(request);
    return textResponse(403, 'text/plain', 'InvalidClientTokenId: no lab is registered');
  }
}
