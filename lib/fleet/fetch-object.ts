import { Aws } from 'aws-cdk-lib';

/**
 * Shell functions, for bash and every POSIX shell, that need only curl and the instance's own role:
 *
 * - `imds PATH` prints what instance metadata has there.
 * - `fetch BUCKET KEY SHA256 FILE MODE` brings one object of S3, verified, and calls `fail MESSAGE` where it cannot.
 *
 * The script must define `fail`, which ends it. Secrets reach curl through its standard input, never as arguments.
 *
 * @param retries how often a request is tried again
 */
export function fetchFunctions(retries: number): string {
  return `region=${Aws.REGION}
domain=${Aws.URL_SUFFIX}
metadata=\${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}
metadata=\${metadata%/}/latest

imds() {
  token=$(curl -qfsS --noproxy '*' --retry ${retries} --retry-connrefused --max-time 10 -X PUT \\
    -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/api/token") || fail 'instance metadata gave no token'
  printf 'header = "X-aws-ec2-metadata-token: %s"\\n' "$token" |
    curl -qfsS --noproxy '*' --retry ${retries} --max-time 10 -K - "$metadata/meta-data/$1" || fail "instance metadata has no $1"
}

fetch() {
  role=$(imds iam/security-credentials/) || exit
  credentials=$(imds "iam/security-credentials/$role") || exit
  field() { printf '%s\\n' "$credentials" | sed -n "s/.*\\"$1\\"[[:space:]]*:[[:space:]]*\\"\\([^\\"]*\\)\\".*/\\1/p"; }
  endpoint=\${AWS_ENDPOINT_URL_S3:-\${AWS_ENDPOINT_URL:-}}
  if [ -n "$endpoint" ]; then url=\${endpoint%/}/$1/$2; else url=https://$1.s3.$region.$domain/$2; fi
  part=$4.$$
  mkdir -p "$(dirname "$4")"
  printf 'user = "%s:%s"\\nheader = "x-amz-security-token: %s"\\n' "$(field AccessKeyId)" "$(field SecretAccessKey)" "$(field Token)" |
    curl -qfsS --retry ${retries} --retry-connrefused --connect-timeout 10 --max-time 300 -K - --aws-sigv4 "aws:amz:$region:s3" \\
      -H 'x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' -o "$part" "$url" ||
    fail "could not fetch s3://$1/$2"
  sum=$(sha256sum <"$part")
  sum=\${sum%% *}
  if [ "$sum" != "$3" ]; then
    rm -f "$part"
    fail "sha256 mismatch of s3://$1/$2: expected $3, got $sum"
  fi
  { chmod "$5" "$part" && mv -f "$part" "$4"; } || fail "could not write $4"
}
`;
}
