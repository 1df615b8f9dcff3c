/** An object of S3 that user data fetches, with the digest that it must have. */
export interface BootObject {
  readonly bucket: string;
  readonly key: string;
  readonly sha256: string;
  /** Absolute path of the file on the instance. */
  readonly destination: string;
}

/** What the model of a host needs of user data; the rest, such as setup commands, is not modelled. */
export interface BootScript {
  /** Text of `host.conf`. */
  readonly hostConfiguration: string;
  readonly objects: readonly BootObject[];
  /** sha256 of the host program. */
  readonly hostSha256: string;
  /** How often the host converges to its pointer by itself, in seconds; undefined for never. */
  readonly syncSeconds: number | undefined;
}

const HOST_PROGRAM = '/opt/asg-canary/asg-canary-host';

/**
 * Reads user data as bash would run it, as far as the model of a host needs it: the here-document of `host.conf`, its variables
 * (plain assignments of the script, and `INSTANCE_ADDRESS`), the objects that are fetched, and the timer of `sync`.
 *
 * @throws where one of them is not there, or a variable has no value
 */
export function readBootScript(userData: string, address: string): BootScript {
  const heredoc = /host\.conf"?\s*<<'?"?(\w+)'?"?\n([\s\S]*?\n)\1\n/.exec(userData);
  if (heredoc === null) throw new Error('user data must write host.conf from a here-document');
  const objects = [...userData.matchAll(/^fetch (\S+) (\S+) ([0-9a-f]{64}) "\$ASG_CANARY_ROOT(\S+)"/gm)].map(
    ([, bucket, key, sha256, destination]) => ({ bucket, key, sha256, destination }),
  );
  const program = objects.find(({ destination }) => destination === HOST_PROGRAM);
  if (program === undefined) throw new Error(`user data must fetch ${HOST_PROGRAM}`);
  const timer = /^OnUnitActiveSec=(\d+)$/m.exec(userData)?.[1];
  return {
    hostConfiguration: expand(heredoc[2], { ...assignments(userData), INSTANCE_ADDRESS: address }),
    objects,
    hostSha256: program.sha256,
    syncSeconds: timer === undefined ? undefined : Number(timer),
  };
}

function assignments(script: string): Record<string, string> {
  return Object.fromEntries([...script.matchAll(/^([A-Za-z_]\w*)=([A-Za-z0-9._:/@%+,-]*)$/gm)].map(([, name, value]) => [name, value]));
}

function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (_, name) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`the lab does not know the value of $${name} in host.conf`);
    return value;
  });
}
