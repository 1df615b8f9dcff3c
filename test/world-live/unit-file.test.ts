import { parseUnit, timeSpan } from '../../lab/world/live/unit-file';

test('a service unit is read', () => {
  const text = `# the web server
[Unit]
Description=Web
After=network-online.target
[Service]
Type=exec
User=nobody
WorkingDirectory=/srv/app
Environment=A=1 "B=two words"
Environment=C=x=y
ExecStart=/usr/bin/env node 'a file.js' --port=80
Restart=on-failure
RestartSec=2
[Install]
WantedBy=multi-user.target
`;
  expect(parseUnit('web.service', text)).toEqual({
    kind: 'service',
    type: 'simple',
    commands: [['/usr/bin/env', 'node', 'a file.js', '--port=80']],
    environment: { A: '1', B: 'two words', C: 'x=y' },
    restart: 'on-failure',
    restartMs: 2000,
    directory: '/srv/app',
    user: 'nobody',
    runtimeDirectories: [],
  });
  const server = '[Service]\nRuntimeDirectory=a b/c\nExecStart=/bin/a\nExecReload=/bin/kill -HUP $MAINPID\nKillSignal=SIGQUIT\n';
  expect(parseUnit('web.service', server)).toMatchObject({ runtimeDirectories: ['a', 'b/c'], user: undefined });
});

test('a timer starts the service of its own name unless it says otherwise', () => {
  expect(parseUnit('a.timer', '[Timer]\nOnBootSec=5min\n')).toEqual({
    kind: 'timer',
    onBootMs: 300_000,
    onUnitActiveMs: undefined,
    onUnitInactiveMs: undefined,
    unit: 'a.service',
  });
  expect(parseUnit('a.timer', '[Timer]\nOnBootSec=1\nOnUnitInactiveSec=60\nAccuracySec=1s')).toMatchObject({ onUnitInactiveMs: 60_000 });
  expect(parseUnit('a.timer', '[Timer]\nOnUnitActiveSec=90\nUnit=b.service')).toMatchObject({ onUnitActiveMs: 90_000, unit: 'b.service' });
});

test.each([
  ['does not know EnvironmentFile= in [Service]', 'a.service', '[Service]\nEnvironmentFile=/etc/a\nExecStart=/bin/true'],
  ['does not know the section [Socket]', 'a.service', '[Socket]\nListenStream=80'],
  ['does not know OnCalendar= in [Timer]', 'a.timer', '[Timer]\nOnCalendar=daily'],
  ["cannot read the line 'ExecStart'", 'a.service', '[Service]\nExecStart'],
  ["cannot read the line 'Description=x'", 'a.service', 'Description=x'],
  ['does not expand %, $ or \\', 'a.service', '[Service]\nExecStart=/bin/echo %n'],
  ['cannot read', 'a.service', '[Service]\nExecStart=-/bin/false'],
  ['must have one ExecStart', 'a.service', '[Service]\nType=simple'],
  ['must have one ExecStart', 'a.service', '[Service]\nExecStart=/bin/a\nExecStart=/bin/b'],
  ["'Type' must be one of", 'a.service', '[Service]\nType=forking\nExecStart=/bin/a'],
  ['does not restart a oneshot', 'a.service', '[Service]\nType=oneshot\nRestart=always\nExecStart=/bin/a'],
  ["'Environment' must be NAME=value", 'a.service', '[Service]\nEnvironment=A\nExecStart=/bin/a'],
  ['must have OnBootSec or OnUnitActiveSec', 'a.timer', '[Timer]\nUnit=a.service'],
])('what the lab does not know is refused: %s', (message, name, text) => {
  expect(() => parseUnit(name, text)).toThrow(message);
});

test.each([
  ['90', 90_000],
  ['5min', 300_000],
  ['1h 30min', 5_400_000],
  ['100ms', 100],
])('the time span %s', (text, expected) => {
  expect(timeSpan(text)).toBe(expected);
});

test.each(['', '5 fortnights', '-1', 'min'])("no time span: '%s'", (text) => {
  expect(() => timeSpan(text)).toThrow('a time span must be like');
});
