import type { HostCommand } from './arguments';
import { checkManifest, type Named, type Pointer, readPointer } from './documents';
import type { HookEvent, HostIo } from './host-io';
import type { HostState } from './host-state';
import { Refusal } from './refusal';
import { unpack } from './release-tree';

/** One run of a command that may change the host. */
export class HostRun {
  /** What the command prints on standard output. */
  output = '';
  /** Phase of the pointer that was read last. */
  private phase = '';

  constructor(
    private readonly state: HostState,
    private readonly config: Readonly<Record<string, string>>,
    private readonly command: HostCommand,
    private readonly io: HostIo,
    /** Takes what goes wrong without ending the command. */
    private readonly warn: (message: string) => void,
  ) {}

  /** Performs the command; a booting host whose release is refused abandons its launch at once. */
  async perform(): Promise<void> {
    try {
      await this.dispatch();
    } catch (error) {
      if (this.command.boot && error instanceof Refusal && error.ofRelease)
        await this.io.completeLifecycleAction('ABANDON').catch(() => {});
      throw error;
    }
  }

  private async dispatch(): Promise<void> {
    switch (this.command.name) {
      case 'stage':
        return this.stage();
      case 'check':
        this.output = `phase=${(await this.check()).phase}\n`;
        return;
      case 'activate':
        return this.activate();
      case 'revert':
        return this.revert();
      case 'sync':
        return this.sync();
      case 'prune':
        return this.state.prune(Number(this.command.keep || this.config.KEEP_RELEASES));
      default:
        throw new Error(`'${this.command.name}' changes nothing`);
    }
  }

  private async stage(): Promise<void> {
    this.refuseOlderEpoch();
    this.raiseEpoch(this.command.epoch);
    await this.bring(this.command.release, this.command.sha256);
  }

  /** Refuses what is not activated either. */
  private async check(): Promise<Pointer> {
    const { release, sha256, epoch } = this.command;
    const { reverted } = this.state;
    this.refuseOlderEpoch();
    if (this.state.wasReverted(release, epoch)) {
      throw new Refusal('fenced', `${release} was reverted in epoch ${reverted.epoch} on this host`);
    }
    const pointer = await this.pointer();
    if (pointer === undefined) throw new Refusal('unavailable', `there is no pointer of the ${this.config.GROUP} group`);
    if (pointer.epoch !== epoch) throw new Refusal('fenced', `the pointer's epoch is ${pointer.epoch}, asked for ${epoch}`);
    const wanted = [pointer.candidate, pointer.committed].find(({ id }) => id === release)?.sha256;
    if (wanted === undefined) throw new Refusal('fenced', `${release} is neither candidate nor committed in epoch ${epoch}`);
    if (wanted !== sha256) throw new Refusal('data', `the pointer has sha256 ${wanted} for ${release}, asked for ${sha256}`);
    return pointer;
  }

  private async activate(): Promise<void> {
    const { release, sha256, epoch } = this.command;
    const { phase, committed } = await this.check();
    if ((phase === 'checking' || phase === 'maintenance') && release !== committed.id)
      throw new Refusal('fenced', `${release} is still being checked in epoch ${epoch}`);
    this.raiseEpoch(epoch);
    await this.bring(release, sha256);
    this.putIntoService(release, epoch);
    await this.prove(epoch);
  }

  private async revert(): Promise<void> {
    const { release, epoch } = this.command;
    if (epoch > this.state.reverted.epoch) this.state.reverted = { release, epoch };
    if (this.state.active !== release || this.state.by !== epoch) return;
    if (this.state.previous === '') throw new Refusal('unavailable', `there is no previous release to go back to from ${release}`);
    this.state.bad.add(release);
    await this.goBack();
  }

  /** A booting host looks again before it enters service: no command reaches it until then. */
  private async sync(): Promise<void> {
    let reached = '';
    for (let aim = await this.aim(); aim.target.id !== reached; aim = await this.aim()) {
      const { target, other, epoch } = aim;
      await this.reach(target, epoch);
      if (!this.command.boot) return;
      if (this.config.STAGE_BOTH === 'yes' && other?.id) await this.stageOther(other);
      reached = target.id;
    }
    await this.continueLaunch();
  }

  /** What this host is to run now. */
  private async aim(): Promise<{ target: Named; other?: Named; epoch: number }> {
    const { state, config } = this;
    const pointer = await this.pointer();
    if (pointer === undefined && state.active !== '' && state.active !== 'placeholder') {
      throw new Refusal('unavailable', `there is no pointer of the ${config.GROUP} group; staying on ${state.active}`);
    }
    if (pointer !== undefined && pointer.epoch < state.epoch) {
      throw new Refusal('fenced', `the pointer's epoch ${pointer.epoch} is older than ${state.epoch}, which this host has seen`);
    }
    const epoch = pointer?.epoch ?? 0;
    this.raiseEpoch(epoch);
    if (pointer?.phase === 'idle' || pointer?.phase === 'promoted') state.maintenance = false;
    if (pointer?.phase === 'maintenance' && this.command.boot) state.maintenance = true;
    const target = pointer && this.target(pointer);
    const other = pointer && (target?.id === pointer.candidate.id ? pointer.committed : pointer.candidate);
    return { target: target?.id ? target : { id: 'placeholder', sha256: config.PLACEHOLDER_SHA256 }, other, epoch };
  }

  /** So that both groups can serve what is of either release; where it fails, the launch goes on without it. */
  private async stageOther({ id, sha256 }: Named): Promise<void> {
    await this.bring(id, sha256).catch((error) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }

  private async reach({ id, sha256 }: Named, epoch: number): Promise<void> {
    const { PLACEHOLDER_BUCKET, PLACEHOLDER_KEY } = this.config;
    await (id === 'placeholder' ? this.bring(id, sha256, PLACEHOLDER_BUCKET, PLACEHOLDER_KEY) : this.bring(id, sha256));
    this.putIntoService(id, epoch);
    if (!this.state.proved || this.command.boot) await this.prove(epoch);
  }

  /** The release that the pointer wants of this host. */
  private target({ epoch, phase, committed, candidate }: Pointer): Named {
    if (['idle', 'checking', 'maintenance'].includes(phase) || candidate.id === '' || this.state.wasReverted(candidate.id, epoch))
      return committed;
    if (this.config.GROUP === 'canary' || phase === 'promoted' || phase === 'migrated') return candidate;
    return phase === 'promoting' && !this.command.boot && this.state.active === candidate.id ? candidate : committed;
  }

  private async pointer(): Promise<Pointer | undefined> {
    const key = `fleets/${this.config.FLEET}/${this.config.GROUP}`;
    const body = await this.get(this.config.BUCKET, key);
    const pointer = body && readPointer(body, key);
    this.phase = pointer?.phase ?? '';
    return pointer;
  }

  /** Brings a release in, verified, unless it is here; a hook that has failed is called again. */
  private async bring(release: string, wanted: string, bucket?: string, key?: string): Promise<void> {
    if (!this.state.releases.has(release)) await this.download(release, wanted, bucket, key);
    const { sha256 } = this.state.releases.get(release)!;
    if (sha256 !== wanted) throw new Refusal('data', `${release} is on this host with sha256 ${sha256}, asked for ${wanted}`);
    if (!this.state.unready.has(release)) return;
    const fault = await this.hookFault('staged', release);
    if (fault !== undefined) this.refuse('unhealthy', release, fault);
    this.state.unready.delete(release);
  }

  private async download(
    release: string,
    wanted: string,
    bucket = this.config.BUCKET,
    key = `releases/${release}/release.tar.gz`,
  ): Promise<void> {
    if (release !== 'placeholder') {
      checkManifest(await this.mustGet(bucket, `releases/${release}/manifest`), release, wanted);
    }
    const { sha256, fault, tree } = unpack(await this.mustGet(bucket, key));
    if (sha256 !== wanted) this.refuse('data', release, `sha256 mismatch of ${key}: expected ${wanted}, got ${sha256}`);
    if (fault !== undefined) this.refuse('data', release, `${key} ${fault}`);
    const hookFault = await this.hookFault('unpacked', release);
    if (hookFault !== undefined) this.refuse('unhealthy', release, hookFault);
    this.state.add(release, sha256, tree);
    if (this.config.HOOK !== '') this.state.unready.add(release);
  }

  private putIntoService(release: string, epoch: number): void {
    const { active, by, proved } = this.state;
    if (active !== release) this.state.switchTo(release, epoch);
    else if (by !== undefined && by < epoch) this.state.settle(undefined, proved);
  }

  /** Probes the active release and calls the hook; where that fails, an activation of this epoch is undone. */
  private async prove(epoch: number): Promise<void> {
    const { state } = this;
    const failed = state.active;
    const fault = (await this.probeFault()) ?? (await this.hookFault('activated', failed));
    if (fault === undefined) {
      if (!state.proved) state.settle(state.by, true);
      state.bad.delete(failed);
      return;
    }
    if (this.phase === 'migrated') state.settle(undefined, true);
    if (state.proved && state.by !== epoch) this.refuse('unhealthy', failed, fault);
    if (state.previous === '') this.refuse('unhealthy', failed, `${fault}; there is no previous release`);
    await this.goBack();
    this.refuse('unhealthy', failed, `${fault}; went back to ${state.active}`);
  }

  /** A hook that fails undoes nothing. */
  private async goBack(): Promise<void> {
    this.state.goBack();
    const fault = await this.hookFault('reverted', this.state.active);
    if (fault !== undefined) this.warn(fault);
  }

  private async hookFault(event: HookEvent, release: string): Promise<string | undefined> {
    const said = this.config.HOOK === '' ? undefined : await this.io.hook?.(event, release);
    return said === undefined ? undefined : `hook ${event} of ${release} failed: ${said}`;
  }

  private async probeFault(): Promise<string | undefined> {
    let answer: number | undefined;
    for (let attempt = 0; attempt < Number(this.config.PROBE_ATTEMPTS) && !isGood(answer); attempt++) {
      answer = await this.io.probe(this.config.PROBE_URL);
    }
    if (isGood(answer)) return undefined;
    return `probe of ${this.state.active} failed: ${this.config.PROBE_URL} answered ${answer ?? 'nothing'}`;
  }

  private async continueLaunch(): Promise<void> {
    try {
      await this.io.completeLifecycleAction('CONTINUE');
    } catch (error) {
      throw new Refusal('unavailable', `Auto Scaling answered ${(error as Error).message} to CompleteLifecycleAction CONTINUE`);
    }
  }

  private async get(bucket: string, key: string): Promise<Uint8Array | undefined> {
    try {
      return await this.io.getObject(bucket, key);
    } catch (error) {
      throw new Refusal('unavailable', `S3 answered ${(error as Error).message} to GET s3://${bucket}/${key}`);
    }
  }

  private async mustGet(bucket: string, key: string): Promise<Uint8Array> {
    const body = await this.get(bucket, key);
    if (body === undefined) throw new Refusal('unavailable', `there is no s3://${bucket}/${key}`);
    return body;
  }

  private refuseOlderEpoch(): void {
    const { epoch } = this.command;
    if (epoch < this.state.epoch) throw new Refusal('fenced', `epoch ${epoch} is older than ${this.state.epoch}, which this host has seen`);
  }

  private raiseEpoch(epoch: number): void {
    this.state.epoch = Math.max(this.state.epoch, epoch);
  }

  private refuse(kind: 'data' | 'unhealthy', release: string, message: string): never {
    if (release !== 'placeholder') this.state.bad.add(release);
    throw new Refusal(kind, message, true);
  }
}

/** Whether the health page's answer is what the load balancer takes too. */
function isGood(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status <= 299;
}
