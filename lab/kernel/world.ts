/** What is needed to start an instance. */
export interface InstanceSpec {
  readonly instanceId: string;
  readonly group: string;
  /** The instance's own address: a loopback address at live speed, e.g. `127.20.0.3`. */
  readonly address: string;
  /** Decoded user data, as the launch template holds it with its tokens resolved. */
  readonly userData: string;
  /** ARN of the role in the instance profile. */
  readonly roleArn: string;
  readonly imageId: string;
  readonly availabilityZone: string;
}

/** How a script on an instance ended, as Run Command reports it. */
export interface ScriptResult {
  /** 0 for success; undefined when it was ended by its time-out. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a health check saw. */
export interface ProbeResult {
  /** HTTP status; undefined where no connection or no answer came. */
  readonly status: number | undefined;
}

/**
 * What lies under the AWS services: machines. At live speed processes on loopback addresses,
 * in simulated time a model of them. Boot is asynchronous: user data runs after `launch` returns,
 * and completes the launch hook itself through the Auto Scaling API, as on EC2.
 */
export interface World {
  launch(spec: InstanceSpec): void;
  /** Ends the instance's processes; resolves when they are gone. */
  terminate(instanceId: string): Promise<void>;
  /** Runs a shell script as the SSM agent would, with these variables added to its environment. */
  runScript(
    instanceId: string,
    script: string,
    environment: Readonly<Record<string, string>>,
    timeoutSeconds: number,
  ): Promise<ScriptResult>;
  /** One HTTP GET of a target health check. */
  probe(instanceId: string, port: number, path: string, timeoutSeconds: number): Promise<ProbeResult>;
  /** False while the agent cannot be reached (booting, offline): commands wait for it and then time out. */
  agentOnline(instanceId: string): boolean;
}
