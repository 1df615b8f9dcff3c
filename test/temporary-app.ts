import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An application whose assembly is removed after the tests of the file; one that names no folder would leave it behind. */
export function temporaryApp(): App {
  const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-cdk-app-'));
  folders.push(folder);
  return new App({ outdir: folder });
}
