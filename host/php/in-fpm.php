<?php
// Executed by PHP-FPM when the hook asks it over its socket. Its last line is the answer and begins with `asg-canary`.
declare(strict_types=1);

/** The least share of OPcache's memory and keys that stays free: a full OPcache may throw everything away in the middle of traffic. */
const SPARE_SHARE = 0.05;
/** How long one request compiles; the hook asks again for the rest. */
const SECONDS = 5;

function hasRoom(): bool
{
    $status = opcache_get_status(false);
    ['used_memory' => $used, 'free_memory' => $free, 'wasted_memory' => $wasted] = $status['memory_usage'];
    ['num_cached_keys' => $keys, 'max_cached_keys' => $most] = $status['opcache_statistics'];
    return !$status['cache_full'] && $free > SPARE_SHARE * ($used + $free + $wasted) && $keys < (1 - SPARE_SHARE) * $most;
}

/** Compiles the files that the body lists, and answers how many it took and compiled, and what OPcache is like. */
function prewarm(): void
{
    $taken = 0;
    $compiled = 0;
    $state = 'has room';
    $end = microtime(true) + SECONDS;
    // Also after a fatal error, which ends the request but not the work: the hook goes on with the next file.
    register_shutdown_function(function () use (&$taken, &$compiled, &$state) {
        echo "\nasg-canary $taken $compiled $state\n";
    });
    foreach (explode("\n", trim(file_get_contents('php://input'))) as $file) {
        if (!hasRoom()) {
            $state = 'is full';
            return;
        }
        $taken++;
        // What is compiled already under this path is from an earlier tree of the same name.
        opcache_invalidate($file, true);
        try {
            @opcache_compile_file($file);
        } catch (Throwable) {
            continue;
        }
        $compiled += (int) opcache_is_script_cached($file);
        if (microtime(true) > $end) {
            return;
        }
    }
}

/** Answers what the active release says of itself, as a request would execute it. */
function release(): void
{
    clearstatcache(true);
    $marker = realpath($_SERVER['ASG_CANARY_APP'] . '/current') . '/.asg-canary-release.php';
    echo "\nasg-canary ", is_readable($marker) ? include $marker : "nothing: it cannot read $marker", "\n";
}

ini_set('display_errors', '0');
// No header of a request over the web can have this name.
match ($_SERVER['ASG_CANARY'] ?? '') {
    'opcache' => print "\nasg-canary " . (function_exists('opcache_get_status') && @opcache_get_status(false) ? 'on' : 'off') . "\n",
    'prewarm' => prewarm(),
    'release' => release(),
    default => http_response_code(404),
};
