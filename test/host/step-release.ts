import { archive } from './archive';
import { type BuiltRelease, built } from './test-host';

/** A release with these files in its folder `.asg-canary`; steps are bash. */
export function withSteps(id: string, files: Readonly<Record<string, string>>): BuiltRelease {
  const members = Object.entries(files).map(([name, text]) => {
    const isStep = name !== 'compatible';
    const content = isStep ? `#!/usr/bin/env bash\nset -euo pipefail\n${text}\n` : text;
    return { name: `.asg-canary/${name}`, content, mode: isStep ? 0o755 : 0o644 };
  });
  return built(id, archive([{ name: 'index.html', content: id }, ...members]));
}
