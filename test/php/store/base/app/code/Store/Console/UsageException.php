<?php
declare(strict_types=1);

namespace Store\Console;

final class UsageException extends \RuntimeException
{
}
