/** Name of the cookie that keeps a client to its target group: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html */
const NAME = 'AWSALBTG';

/** What the cookie says: the group, and until when, in milliseconds of the lab's time. */
interface StickyGroup {
  readonly arn: string;
  readonly expires: number;
}

/** The group that a request's cookies name, unless there is none, it is not ours, or it has expired. */
export function stickyGroup(cookieHeader: string | undefined, now: number): string | undefined {
  const value = cookieHeader
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${NAME}=`))
    ?.slice(NAME.length + 1);
  const group = value === undefined ? undefined : decode(value);
  return group !== undefined && group.expires > now ? group.arn : undefined;
}

/** `Set-Cookie` values that bind a client to the group; each answer renews them, as AWS does. */
export function setStickyGroup(arn: string, seconds: number, now: number): string[] {
  const expires = now + seconds * 1000;
  const value = encode({ arn, expires });
  const common = `Expires=${new Date(expires).toUTCString()}; Path=/`;
  return [`${NAME}=${value}; ${common}`, `${NAME}CORS=${value}; ${common}; SameSite=None; Secure`];
}

function encode({ arn, expires }: StickyGroup): string {
  return Buffer.from(`${Math.round(expires)} ${arn}`).toString('base64url');
}

function decode(value: string): StickyGroup | undefined {
  const match = /^(\d+) (arn:\S+)$/.exec(Buffer.from(value, 'base64url').toString());
  return match ? { expires: Number(match[1]), arn: match[2] } : undefined;
}
