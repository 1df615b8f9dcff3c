import { build, message, upload } from '../host/test-host';
import { TinyAws } from '../host/tiny-aws';
import { light } from './applications';
import { PhpInstance } from './php-instance';
import { BY_LINK } from './servers';

const placeholder = build('placeholder', { health: 'ok\n', 'index.html': 'No release yet' });
let aws: TinyAws;
let instance: PhpInstance;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());
beforeEach(async () => {
  aws.reset();
  aws.put('assets/placeholder.tar.gz', placeholder.archive);
  instance = await PhpInstance.start(aws, '127.45.0.1');
  instance.host.config.PLACEHOLDER_SHA256 = placeholder.sha256;
  instance.host.writeConfig();
});
afterEach(() => instance.stop());

function completions(): string[] {
  return aws.completions.map(({ result }) => result);
}

test('an instance enters service before there is a release, and serves the first one', async () => {
  expect(await instance.host.run(['sync', '--boot'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(completions()).toEqual(['CONTINUE']);
  const first = light('first');
  upload(aws, first);
  await instance.serve(first, 1);
  expect(await instance.page()).toBe('first first first first of this instance');
});

test('an instance whose nginx gives PHP the name of the link never enters service', async () => {
  instance.servers.writeNginx(BY_LINK);
  const result = await instance.host.run(['sync', '--boot']);
  expect([result.exitCode, message(result)]).toEqual([
    70,
    expect.stringMatching(/^hook staged of placeholder failed: PHP would go on with the release before: change line 2 of /),
  ]);
  expect(completions()).toEqual(['ABANDON']);
});
