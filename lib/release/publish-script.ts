import { RELEASE_ID_PATTERN } from '../deployment/contract';
import type { Recipe } from './recipe';
import { stepFiles } from './step-files';

/** What the manifest may say of a git ref: one line of plain characters. */
const REF_PATTERN = '^[A-Za-z0-9._/@+-]{0,255}$';

/** Refuses a build without a usable name before anything is built. */
export const CHECK_SCRIPT = `(
LC_ALL=C
if ! [[ "\${RELEASE_ID:-}" =~ ${RELEASE_ID_PATTERN} ]]; then
  echo "release build: RELEASE_ID must match ${RELEASE_ID_PATTERN}, got '\${RELEASE_ID:-}'" >&2
  exit 1
fi
if ! [[ "\${RELEASE_REF:-}" =~ ${REF_PATTERN} ]]; then
  echo "release build: RELEASE_REF must match ${REF_PATTERN}, got '\${RELEASE_REF:-}'" >&2
  exit 1
fi
)`;

/**
 * Adds the steps of the recipe to the output folder, packs it, so that the same files give the same bytes, and uploads the archive and then the manifest.
 * It overwrites nothing: S3 answers 412 where the release exists already. It needs bash, tar, gzip, sha256sum, sed and curl 7.88.
 */
export function publishScript({ outputDirectory, excludePaths, steps }: Recipe): string {
  const excluded = ['./.git', ...excludePaths].map((path) => `--exclude='${path}'`).join(' ');
  return `(
set -euo pipefail
export LC_ALL=C

fail() {
  echo "release build: $*" >&2
  exit 1
}

[ "\${CODEBUILD_BUILD_SUCCEEDING:-1}" = 1 ] || fail 'nothing is published, because the build failed'
cd "\${CODEBUILD_SRC_DIR:?}"
[ -d '${outputDirectory}' ] || fail "the output folder '${outputDirectory}' does not exist after the build"
${stepFiles(outputDirectory, steps)}work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX ${excluded} -C '${outputDirectory}' -cf - . |
  gzip -n >"$work/release.tar.gz"
sum=$(sha256sum <"$work/release.tar.gz")
commit=\${CODEBUILD_RESOLVED_SOURCE_VERSION:-$(git rev-parse HEAD 2>/dev/null || true)}
[[ $commit =~ ^[0-9a-f]{40}$ ]] || commit=
cat >"$work/manifest" <<MANIFEST
asg-canary-manifest 1
id=$RELEASE_ID
sha256=\${sum%% *}
size=$(stat -c %s "$work/release.tar.gz")
ref=\${RELEASE_REF:-}
commit=$commit
MANIFEST

endpoint=\${AWS_ENDPOINT_URL_S3:-\${AWS_ENDPOINT_URL:-}}
if [ -n "$endpoint" ]; then bucket=\${endpoint%/}/$ARTIFACT_BUCKET; else bucket=https://$ARTIFACT_BUCKET.s3.$AWS_REGION.$ARTIFACT_DOMAIN; fi

# credentials: those of the build, as lines of curl's configuration
credentials() {
  local answer
  answer=$(curl -qfsS --retry 5 --retry-connrefused --max-time 10 "\${AWS_CONTAINER_CREDENTIALS_FULL_URI:-http://169.254.170.2\${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-}}")
  field() { sed -n "s/.*\\"$1\\"[[:space:]]*:[[:space:]]*\\"\\([^\\"]*\\)\\".*/\\1/p" <<<"$answer"; }
  printf 'user = "%s:%s"\\nheader = "x-amz-security-token: %s"\\n' "$(field AccessKeyId)" "$(field SecretAccessKey)" "$(field Token)"
}

# upload FILE: to the release's folder, never over what is there
upload() {
  local key=releases/$RELEASE_ID/$1 sum status attempt doubtful=''
  sum=$(sha256sum <"$work/$1")
  for attempt in 1 2 3; do
    status=$(credentials | curl -qsS --connect-timeout 10 --max-time 900 -K - --aws-sigv4 "aws:amz:$AWS_REGION:s3" -H 'If-None-Match: *' \\
      -H "x-amz-content-sha256: \${sum%% *}" -T "$work/$1" -o "$work/answer" -w '%{http_code}' "$bucket/$key") || status=000
    case $status in
      200) return 0 ;;
      412)
        # An earlier attempt of this build may have come in without its answer coming back.
        [ -z "$doubtful" ] || return 0
        fail "the release '$RELEASE_ID' exists already: s3://$ARTIFACT_BUCKET/$key"
        ;;
      000 | 5??) doubtful=1 && sleep "$attempt" ;;
      409) sleep "$attempt" ;;
      *) break ;;
    esac
  done
  fail "could not upload s3://$ARTIFACT_BUCKET/$key: HTTP $status $(tr -d '\\n' <"$work/answer" 2>/dev/null | cut -c 1-500)"
}

upload release.tar.gz
upload manifest
echo "release build: published '$RELEASE_ID', sha256 \${sum%% *}"
)`;
}
