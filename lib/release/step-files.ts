import type { ReleaseSteps } from './recipe';

/** Where a release has its steps. */
const FOLDER = '.asg-canary';

const FILES: Readonly<Record<keyof ReleaseSteps, string>> = {
  checkDatabase: 'check-database',
  listChanges: 'list-changes',
  backup: 'backup',
  migrate: 'migrate',
  afterPromotion: 'after-promotion',
  afterRollback: 'after-rollback',
};

/** Ends the text of a step in the build's script. */
const END = 'END_OF_ASG_CANARY_STEP';

/** The part of the build that writes the steps into the release; a step of the repository's own gives way to that of the recipe. */
export function stepFiles(outputDirectory: string, steps: ReleaseSteps): string {
  const folder = `${outputDirectory}/${FOLDER}`;
  const files = Object.entries(steps).map(([name, script]) => {
    const file = `${folder}/${FILES[name as keyof ReleaseSteps]}`;
    return `cat >'${file}' <<'${END}'
#!/usr/bin/env bash
set -euo pipefail
${script.trim()}
${END}
chmod 755 '${file}'
`;
  });
  return files.length === 0 ? '' : `mkdir -p '${folder}'\n${files.join('')}`;
}
