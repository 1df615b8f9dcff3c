<?php
// fastcgi.php SOCKET SECONDS SCRIPT [NAME=VALUE...]: lets PHP-FPM execute a script, with standard input as the body of the request.
// Prints the body of the answer. https://fastcgi-archives.github.io/FastCGI_Specification.html
declare(strict_types=1);

const BEGIN_REQUEST = 1;
const END_REQUEST = 3;
const PARAMETERS = 4;
const STANDARD_INPUT = 5;
const STANDARD_OUTPUT = 6;
const RESPONDER = 1;
const HEADER_BYTES = 8;

function record(int $type, string $content): string
{
    return pack('CCnnCC', 1, $type, 1, strlen($content), 0, 0) . $content;
}

/** A stream is sent in pieces and ends with an empty one. */
function stream(int $type, string $content): string
{
    $pieces = $content === '' ? [] : str_split($content, 32768);
    return implode('', array_map(fn (string $piece) => record($type, $piece), $pieces)) . record($type, '');
}

function parameter(string $name, string $value): string
{
    return pack('NN', strlen($name) | 0x80000000, strlen($value) | 0x80000000) . $name . $value;
}

function stop(string $message): never
{
    fwrite(STDERR, "$message\n");
    exit(1);
}

/** Exactly so many bytes. */
function receive($connection, int $bytes): string
{
    $content = '';
    while (strlen($content) < $bytes) {
        $piece = fread($connection, $bytes - strlen($content));
        if ($piece === '' || $piece === false) {
            stop(stream_get_meta_data($connection)['timed_out'] ? 'no answer in time' : 'the connection ended before the answer did');
        }
        $content .= $piece;
    }
    return $content;
}

[, $socket, $seconds, $script] = $argv;
$body = stream_get_contents(STDIN);
$parameters = [
    'SCRIPT_FILENAME' => $script,
    'SCRIPT_NAME' => '/' . basename($script),
    'REQUEST_URI' => '/' . basename($script),
    'REQUEST_METHOD' => 'POST',
    'CONTENT_TYPE' => 'text/plain',
    'CONTENT_LENGTH' => (string) strlen($body),
    'SERVER_PROTOCOL' => 'HTTP/1.1',
    'GATEWAY_INTERFACE' => 'CGI/1.1',
];
foreach (array_slice($argv, 4) as $pair) {
    [$name, $value] = explode('=', $pair, 2);
    $parameters[$name] = $value;
}

$connection = @stream_socket_client("unix://$socket", $code, $message, (float) $seconds) ?: stop("$socket: $message");
stream_set_timeout($connection, (int) $seconds);
$sent = implode('', array_map(parameter(...), array_keys($parameters), $parameters));
fwrite($connection, record(BEGIN_REQUEST, pack('nCx5', RESPONDER, 0)) . stream(PARAMETERS, $sent) . stream(STANDARD_INPUT, $body));

$answer = '';
do {
    $header = unpack('Cversion/Ctype/nid/nlength/Cpadding', receive($connection, HEADER_BYTES));
    $content = receive($connection, $header['length'] + $header['padding']);
    if ($header['type'] === STANDARD_OUTPUT) {
        $answer .= substr($content, 0, $header['length']);
    }
} while ($header['type'] !== END_REQUEST);
echo explode("\r\n\r\n", $answer, 2)[1] ?? '';
