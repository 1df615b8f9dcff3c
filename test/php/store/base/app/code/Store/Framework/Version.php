<?php
declare(strict_types=1);

namespace Store\Framework;

/** The version of the code, which pages name. Written for each tag of the repository. */
final class Version
{
    public const TAG = 'v1';
}
