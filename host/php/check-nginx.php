<?php
// check-nginx.php CURRENT: reads what `nginx -T` prints. Refuses a configuration that gives PHP the name of the link instead of
// the folder that it leads to: PHP-FPM would go on executing the release before. Only what is effective counts.
declare(strict_types=1);

/** What PHP is to get: the folder that the link leads to at the moment of the request. */
const RIGHT = ['SCRIPT_FILENAME' => '$realpath_root$fastcgi_script_name', 'DOCUMENT_ROOT' => '$realpath_root'];

/** Yields [word, line]; `{`, `}` and `;` are words of their own. */
function words(string $text): Generator
{
    $quoted = '"(?:[^"\\\\]|\\\\.)*"|\'(?:[^\'\\\\]|\\\\.)*\'';
    $plain = '(?:\$\{\w+\}|\\\\.|[^\s{};"\'#\\\\]|(?<=\S)#)+';
    $pattern = "/\G(?:\s+|#[^\n]*|(?<word>[{};]|$quoted|$plain))/s";
    for ($offset = 0, $line = 1; preg_match($pattern, $text, $match, 0, $offset) === 1; $offset += strlen($match[0])) {
        if (isset($match['word'])) {
            yield [$match['word'], $line];
        }
        $line += substr_count($match[0], "\n");
    }
}

/** The directives up to the end of the block: [words, file, line, directives of its block or null]. */
function directives(Generator $words, string $file): array
{
    $found = [];
    $current = [];
    $first = 0;
    for (; $words->valid(); $words->next()) {
        [$word, $line] = $words->current();
        if ($word === '}') {
            return $found;
        }
        if ($word === '{') {
            $words->next();
            $found[] = [$current, $file, $first, directives($words, $file)];
            $current = [];
        } elseif ($word === ';') {
            $found[] = [$current, $file, $first, null];
            $current = [];
        } else {
            $first = $current === [] ? $line : $first;
            $current[] = trim($word, '"\'');
        }
    }
    return $found;
}

/** Puts the directives of included files in the place of `include`. */
function expanded(array $directives, array $files, string $folder): array
{
    $result = [];
    foreach ($directives as [$words, $file, $line, $block]) {
        if ($words[0] !== 'include') {
            $result[] = [$words, $file, $line, $block === null ? null : expanded($block, $files, $folder)];
            continue;
        }
        $pattern = str_starts_with($words[1], '/') ? $words[1] : "$folder/$words[1]";
        foreach ($files as $path => $included) {
            if (fnmatch($pattern, $path, FNM_PATHNAME)) {
                array_push($result, ...expanded($included, $files, $folder));
            }
        }
    }
    return $result;
}

/** The values that nginx passes to PHP wherever it does: a block has those of the block around it only if it has none of its own. */
function passed(array $directives, array $inherited = []): array
{
    $named = fn (string $name) => array_filter($directives, fn (array $directive) => $directive[0][0] === $name);
    $own = [];
    foreach ($named('fastcgi_param') as [$words, $file, $line]) {
        $own[$words[1]] = [$words, $file, $line];
    }
    $parameters = $own === [] ? $inherited : $own;
    $result = $named('fastcgi_pass') === [] ? [] : [$parameters];
    foreach (array_filter(array_column($directives, 3)) as $block) {
        array_push($result, ...passed($block, $parameters));
    }
    return $result;
}

$files = [];
$parts = preg_split('/^# configuration file (.*):$\n/m', stream_get_contents(STDIN), -1, PREG_SPLIT_DELIM_CAPTURE);
for ($n = 1; $n < count($parts); $n += 2) {
    $files[$parts[$n]] = directives(words($parts[$n + 1]), $parts[$n]);
}
$main = array_key_first($files) ?? exit("nginx -T printed no configuration\n");
$places = passed(expanded($files[$main], $files, dirname($main)));
foreach ($places as $parameters) {
    foreach (array_intersect_key($parameters, RIGHT) as $name => [$words, $file, $line]) {
        $resolved = str_replace(['$document_root', '${document_root}'], '$realpath_root', $words[2]);
        $right = str_contains($words[2], $argv[1]) ? RIGHT[$name] : $resolved;
        if ($right !== $words[2]) {
            echo "PHP would go on with the release before: change line $line of $file to 'fastcgi_param $name $right;', ",
                "which says '$words[2]', and reload nginx\n";
            exit(1);
        }
    }
}
if ($places === []) {
    echo "nginx passes no request to PHP-FPM: nginx -T shows no fastcgi_pass\n";
    exit(1);
}
